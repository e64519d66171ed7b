import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Address = Readonly<Record<string, string | undefined>>;

/** What of the page's state stands in the address bar, and a way to change parts of it; an empty part leaves. */
export function useAddress(): [Address, (change: Address) => void] {
  const address = useSearch({ strict: false }) as Address;
  const navigate = useNavigate();
  const change = useCallback(
    (parts: Address) =>
      void navigate({
        to: '.',
        search: ((now: Address) => kept({ ...now, ...parts })) as never,
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  return [address, change];
}

/** For a route's `validateSearch`: those of the names that are there, as text. */
export function readAddress<Name extends string>(
  search: Record<string, unknown>,
  names: readonly Name[],
): { [name in Name]?: string } {
  const found = names.map((name) => [name, search[name]] as const);
  const texts = found.map(([name, value]) => [name, isWritten(value) ? String(value) : undefined]);
  return kept(Object.fromEntries(texts)) as { [name in Name]?: string };
}

/** Everything that the address says, as text; what was written as JSON by hand is JSON again. */
export function wholeAddress(search: Record<string, unknown>): { [name: string]: string } {
  const texts = Object.entries(search).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null
      ? JSON.stringify(value)
      : isWritten(value)
        ? String(value)
        : undefined,
  ]);
  return kept(Object.fromEntries(texts)) as { [name: string]: string };
}

const isWritten = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);

function kept(address: Address): Address {
  return Object.fromEntries(
    Object.entries(address).filter(([, value]) => value !== undefined && value !== ''),
  );
}
