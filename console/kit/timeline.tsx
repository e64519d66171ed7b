import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export interface Moment {
  id: string;
  day: string;
  time: string;
  zone: string;
  icon: LucideIcon;
  title: ReactNode;
  detail?: ReactNode;
  isGold?: boolean;
}

/** What happened, newest first, under its days. */
export function Timeline({ moments }: { moments: readonly Moment[] }) {
  const days = [...Map.groupBy(moments, (moment) => moment.day)];
  return (
    <div>
      {days.map(([day, list]) => (
        <section key={day} aria-label={day} className="mb-5">
          <h3 className="mb-2 text-s font-semibold text-quiet">{day}</h3>
          <ol className="ml-3.5 border-line border-l">
            {list.map(({ id, time, zone, icon: Icon, title, detail, isGold }) => (
              <li key={id} className="relative flex gap-3 pb-4 pl-6 last:pb-1">
                <span
                  className={`absolute -left-3.5 flex size-7 items-center justify-center rounded-full border border-line bg-raised ${isGold ? 'text-gold-ink' : 'text-quiet'}`}
                >
                  <Icon size={14} aria-hidden="true" />
                </span>
                <div className="min-w-0 grow">
                  <div className={isGold ? 'font-semibold' : ''}>{title}</div>
                  {detail && <div className="text-s text-quiet">{detail}</div>}
                </div>
                <time className="shrink-0 text-s text-quiet" title={zone}>
                  {time}
                </time>
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
