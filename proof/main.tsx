import '@fontsource-variable/inter/wght.css';
import '../console/kit/tokens.css';
import './style.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Page } from './page.tsx';

const root = document.getElementById('root');
const name = decodeURIComponent(location.pathname.split('/').filter(Boolean).at(-1) ?? '');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Page name={name} />
    </StrictMode>,
  );
}
