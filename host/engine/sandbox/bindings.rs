//! The host's side of the interface in `wit/`, generated.

#![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated from wit/")]

wasmtime::component::bindgen!({ path: "../../wit", world: "plugin" });
