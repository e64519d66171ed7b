import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// What we ask of a browser, as the console does: CSS light-dark(), so that every colour is written once.
const browsers = ['chrome123', 'edge123', 'firefox120', 'safari17.5'];

export default defineConfig({
  root: import.meta.dirname,
  // Its own files stand below its pages: /proof/assets beside /proof/<programme>.
  base: '/proof/',
  plugins: [react()],
  build: {
    outDir: '../dist/proof',
    emptyOutDir: true,
    target: browsers,
    cssTarget: browsers,
    // The content security policy lets fonts and pictures come from files of ours only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
