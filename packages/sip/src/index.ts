export * from './dialog/index.ts';
