/** The pages as the server gives them out: nothing inline, so that its policy can refuse every inline script. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  build: {
    target: 'es2022',
    cssTarget: 'esnext',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: [page('index.html'), page('console.html'), page('writing-frame.html')],
      // Whoever starts a server is not concerned with which plugin took how long.
      checks: { pluginTimings: false },
    },
  },
});
