import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// What we ask of a browser: CSS light-dark(), so that every colour is written once.
const browsers = ['chrome123', 'edge123', 'firefox120', 'safari17.5'];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss({ optimize: false })],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: browsers,
    cssTarget: browsers,
    // The content security policy lets fonts and pictures come from files of ours only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    reportCompressedSize: false,
  },
});
