import {
  AtSign,
  CreditCard,
  Fingerprint,
  Globe,
  type LucideIcon,
  MessageCircle,
  Phone,
  Smartphone,
  UserRoundCheck,
} from 'lucide-react';
import { useWordsOr } from '../words/words-or.ts';

const icons: Record<string, LucideIcon> = {
  user_id: UserRoundCheck,
  anonymous_id: Globe,
  email: AtSign,
  phone: Phone,
  card: CreditCard,
  device_id: Smartphone,
  wechat_openid: MessageCircle,
  wechat_unionid: MessageCircle,
};

function useKindName(): (kind: string) => string {
  const wordsOr = useWordsOr('people');
  return (kind) => wordsOr(`one.kinds.${kind}`, kind);
}

/** An identifier, given as kind:value. */
export function IdentifierText({ text }: { text: string }) {
  const kindName = useKindName();
  const at = text.indexOf(':');
  const [kind, value] = [text.slice(0, at), text.slice(at + 1)];
  const Icon = icons[kind] ?? Fingerprint;
  return (
    <span
      className="inline-flex max-w-full min-w-0 items-center gap-1.5"
      title={`${kindName(kind)}: ${value}`}
    >
      <Icon size={14} aria-label={kindName(kind)} className="shrink-0 text-quiet" />
      <span className="truncate">{value}</span>
    </span>
  );
}
