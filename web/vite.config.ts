/** The pages as the server gives them out: nothing inline, so that its policy can refuse every inline script. */
import { defineConfig } from 'vite';

export default defineConfig({
  build: { target: 'es2022', cssTarget: 'esnext', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
