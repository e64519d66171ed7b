import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

/** Sides of one thing, of which one is seen; which one may stand in the address bar. */
export function Tabs<Id extends string>(props: {
  label: string;
  value: Id;
  onChange: (id: Id) => void;
  tabs: readonly { id: Id; title: string; content: ReactNode }[];
}) {
  return (
    <Radix.Root value={props.value} onValueChange={(id) => props.onChange(id as Id)}>
      <Radix.List aria-label={props.label} className="mb-4 flex gap-1 overflow-x-auto border-line border-b">
        {props.tabs.map(({ id, title }) => (
          <Radix.Trigger
            key={id}
            value={id}
            className="-mb-px border-transparent border-b-2 px-3 py-2 whitespace-nowrap text-quiet -outline-offset-2 hover:text-ink data-[state=active]:border-act data-[state=active]:font-semibold data-[state=active]:text-ink"
          >
            {title}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {props.tabs.map(({ id, content }) => (
        <Radix.Content key={id} value={id}>
          {content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
