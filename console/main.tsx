import '@fontsource-variable/inter/wght.css';
import './kit/base.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { Problem } from './api/client.ts';
import { whoKey } from './api/session.tsx';
import { applyTheme, ThemeProvider } from './frame/theme.tsx';
import { Toasts } from './kit/toast.tsx';
import { createConsoleRouter } from './router.tsx';
import { startWords } from './words/start.ts';

applyTheme();
const words = await startWords();
const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // What is refused is refused again; what is away may be back.
      retry: (times, error) =>
        times < 2 && error instanceof Problem && (error.status === 0 || error.status === 503),
    },
  },
});
cache.getQueryCache().subscribe(({ type, query }) => {
  const { error } = query.state;
  if (type === 'updated' && error instanceof Problem && error.status === 401)
    cache.setQueryData(whoKey, null);
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={words}>
        <QueryClientProvider client={cache}>
          <ThemeProvider>
            <Toasts>
              <RouterProvider router={createConsoleRouter()} />
            </Toasts>
          </ThemeProvider>
        </QueryClientProvider>
      </I18nextProvider>
    </StrictMode>,
  );
}
// Chinese letters come in some hundred small files, each fetched when a page has a letter of it.
void import('./kit/chinese-font.ts');
