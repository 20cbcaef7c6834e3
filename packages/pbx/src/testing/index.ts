export { appliedTo, modelOf, onlyDomain, worldOf } from './model-of.ts';
