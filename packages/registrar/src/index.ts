export type { Binding, BindingStatus, FlowRecord, Reachability, UnreachableReason } from './binding.ts';
export type { BindingChange, BindingStore } from './binding-store.ts';
export type { RegistrarEvent, RemovalReason } from './events.ts';
