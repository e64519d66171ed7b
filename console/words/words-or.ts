import { useTranslation } from 'react-i18next';

/** Words for a name that comes from the data, like a kind or a reason; what has no words is shown as it is. */
export function useWordsOr(namespace: string): (key: string, otherwise: string) => string {
  const { i18n } = useTranslation();
  const find = i18n.t as unknown as (key: string, o: { ns: string }) => string;
  return (key, otherwise) =>
    i18n.exists(key, { ns: namespace as 'kit' }) ? find(key, { ns: namespace }) : otherwise;
}
