import { useParams } from '@tanstack/react-router';
import { Suspense } from 'react';
import { Lost } from '../frame/lost.tsx';
import { Page } from '../kit/page.tsx';
import { Skeleton } from '../kit/states.tsx';
import { reportPlaces } from './catalogue.ts';

/** The page of the report that the address names. */
export default function Report() {
  const { report } = useParams({ from: '/inside/reports/$report' });
  const place = reportPlaces.find(({ name }) => name === report);
  if (!place) return <Lost />;
  return (
    <Suspense
      fallback={
        <Page title="…">
          <Skeleton lines={8} />
        </Page>
      }
    >
      <place.Page key={report} />
    </Suspense>
  );
}
