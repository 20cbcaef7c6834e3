export type { Binding, BindingStatus, FlowRecord, Reachability, UnreachableReason } from './binding.ts';
export type { BindingChange, BindingStore } from './binding-store.ts';
export type { RegistrarEvent, RemovalReason } from './events.ts';
export { DEFAULT_LIMITS, type RegistrarLimits } from './limits.ts';
export * from './lines/index.ts';
export { Registrar } from './registrar.ts';
export type { BindingTarget, RegistrarAccount, RegistrarOptions, RespondToRegister } from './registrar-options.ts';
