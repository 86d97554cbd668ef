import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// lib <- ui <- features <- app, lib <- api <- features; texts (words) below all but lib; a feature never imports another.
// Within a folder imports are './x'; across folders '~/folder/x'.
const layers = {
  lib: ['texts', 'ui', 'api', 'features', 'app'],
  texts: ['ui', 'api', 'features', 'app'],
  ui: ['api', 'features', 'app'],
  api: ['ui', 'features', 'app'],
  features: ['features', 'app'],
  app: [],
};

const boundary = ([layer, forbidden, own]) => ({
  files: [`src/${own ?? layer}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { group: ['../*'], message: 'Use ./ inside a folder and ~/ across folders.' },
          ...forbidden.map((folder) => ({
            regex: own && folder === layer ? `^~/${folder}/(?!${own.slice(folder.length + 1)}/)` : `^~/${folder}/`,
            message: `${layer} may not use ${folder} (lib <- ui <- features <- app; lib <- api <- features).`,
          })),
          ...(layer === 'api' ? [] : [{ group: ['openapi-fetch'], message: 'All API access goes through ~/api.' }]),
        ],
      },
    ],
    'no-restricted-globals': layer === 'api' ? 'off' : ['error', { name: 'fetch', message: 'All API access goes through ~/api.' }],
  },
});

// The folders inside a feature reach each other by the feature's own path.
const boundaries = [
  ...Object.entries(layers),
  ...readdirSync(new URL('./src/features', import.meta.url)).map((name) => ['features', layers.features, `features/${name}`]),
].map(boundary);

// Folders whose words all stand in src/texts: none may be written into a component again. Names of keys (kbd) are no words.
const moved = ['src/ui/*', 'src/app/*', 'src/app/operators/*', 'src/app/pages/*', 'src/features/**/*'];
const saysWords = 'Words stand in src/texts.';

export default defineConfig(
  { ignores: ['dist', 'node_modules', 'test-results', 'src/api/schema.d.ts', 'eslint.config.js'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
  ...boundaries,
  {
    // Served as they are, outside the bundle.
    files: ['public/**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(['window', 'document', 'localStorage', 'matchMedia', 'customElements', 'HTMLElement', 'CustomEvent', 'CSSStyleSheet', 'URL', 'URLSearchParams', 'fetch'].map((name) => [name, 'readonly'])),
    },
  },
  {
    files: moved.map((place) => `${place}.tsx`),
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: ':not(JSXElement[openingElement.name.name="kbd"]) > JSXText[value=/[A-Za-z]{2}/]', message: saysWords },
        { selector: 'JSXAttribute[name.name=/^(label|title|placeholder|description|aria-label|alt)$/] > Literal[value=/[A-Za-z]{2}/]', message: saysWords },
        { selector: 'JSXAttribute[name.name=/^(label|title|placeholder|description|aria-label|alt)$/] TemplateElement[value.raw=/[A-Za-z]{2}/]', message: saysWords },
      ],
    },
  },
  {
    files: ['src/**/*.tsx'],
    rules: { 'max-lines-per-function': ['error', { max: 150, skipBlankLines: true, skipComments: true }] },
  },
);
