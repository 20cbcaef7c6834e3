export { ScriptedOperator } from '../lines/testing/scripted-operator.ts';
export { MemoryBindingStore } from './memory-binding-store.ts';
export { sampleBinding } from './sample-binding.ts';
