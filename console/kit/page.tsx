import type { ReactNode } from 'react';
import { useEffect } from 'react';

/** A page answers one question: its title says it, one sentence says the answer. */
export function Page(props: { title: string; answer?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${props.title} · Pando`;
  }, [props.title]);
  return (
    <div className="mx-auto w-full max-w-6xl px-4 pt-6 pb-24 md:px-8 md:pb-10">
      <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-xxl font-semibold tracking-[-0.015em]">{props.title}</h1>
          {props.answer && <div className="mt-1 max-w-[68ch] text-quiet">{props.answer}</div>}
        </div>
        {props.actions && <div className="flex flex-wrap items-center gap-2">{props.actions}</div>}
      </header>
      {props.children}
    </div>
  );
}

/** A part of a page, divided from the next by a hairline and space. */
export function Section(props: {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="border-line border-t py-6 first:border-t-0 first:pt-0">
      <div className="mb-3 flex flex-wrap items-baseline justify-between gap-3">
        <div>
          <h2 className="text-l font-semibold">{props.title}</h2>
          {props.note && <p className="max-w-[68ch] text-s text-quiet">{props.note}</p>}
        </div>
        {props.actions}
      </div>
      {props.children}
    </section>
  );
}
