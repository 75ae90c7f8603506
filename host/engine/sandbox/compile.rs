//! Turns a plugin's bytes, which may be anyone's, into runnable code.

use std::borrow::Cow;
use std::io;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;

use wasmtime::Engine;
use wasmtime::component::Component;

use super::fault::{Fault, INTERFACE};
use super::limits::Limits;

/// Checks and compiles a component, or a core module with our world embedded.
///
/// This happens on a thread of its own: a few megabytes made for the purpose can keep the compiler busy for minutes, and it
/// cannot be interrupted. If it takes too long, it is left behind and ends with the process.
pub(super) fn compile(engine: &Engine, limits: &Limits, bytes: &[u8]) -> Result<Component, Fault> {
    if bytes.len() as u64 > limits.component {
        return Err(Fault::TooLarge { bytes: bytes.len() as u64, most: limits.component });
    }
    let (done, outcome) = sync_channel(1);
    let (engine, bytes) = (engine.clone(), bytes.to_vec());
    let compiler = thread::Builder::new().name("compiler".to_owned());
    let started = compiler.spawn(move || {
        // Nobody is waiting any more if it took too long.
        let _ = done.send(compile_now(&engine, &bytes));
    });
    started.map_err(|error: io::Error| Fault::NotAPlugin(format!("the compiler cannot be started: {error}")))?;
    outcome.recv_timeout(limits.compile).unwrap_or_else(|error| {
        Err(match error {
            RecvTimeoutError::Timeout => Fault::SlowToCompile(limits.compile),
            RecvTimeoutError::Disconnected => Fault::NotAPlugin("the compiler cannot cope with it".to_owned()),
        })
    })
}

fn compile_now(engine: &Engine, bytes: &[u8]) -> Result<Component, Fault> {
    let component = Component::from_binary(engine, &as_component(bytes)?);
    let component = component.map_err(|error| Fault::NotAPlugin(format!("it is not valid: {}", error.root_cause())))?;
    let types = component.component_type();
    let imports: Vec<String> = types.imports(engine).map(|(name, _)| name.to_owned()).collect();
    if !imports.is_empty() {
        return Err(Fault::Imports(imports));
    }
    let exports: Vec<&str> = types.exports(engine).map(|(name, _)| name).collect();
    if !exports.contains(&INTERFACE) {
        let other = exports.into_iter().find(|name| name.starts_with("outparse:plugin/parser@"));
        return Err(match other {
            Some(other) => Fault::Version(other.to_owned()),
            None => Fault::NotAPlugin(format!("it does not export `{INTERFACE}`")),
        });
    }
    Ok(component)
}

/// Makes a component of a core module with our world embedded; takes a component as it is.
pub fn as_component(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Fault> {
    // The preamble: magic number, version, and the layer that tells the two apart.
    let Some(preamble) = bytes.first_chunk::<8>() else {
        return Err(Fault::NotAPlugin(format!("it has {} bytes and is no WebAssembly", bytes.len())));
    };
    match preamble {
        b"\0asm\x0d\0\x01\0" => Ok(Cow::Borrowed(bytes)),
        b"\0asm\x01\0\0\0" => {
            let encoder = wit_component::ComponentEncoder::default().validate(true).module(bytes);
            let component = encoder.and_then(|encoder| { encoder }.encode());
            component.map(Cow::Owned).map_err(|error| {
                Fault::NotAPlugin(format!("it is a core module, and no component can be made of it: {}", error.root_cause()))
            })
        }
        // What the engine compiles is an ELF file, like the system's own programs.
        [0x7f, b'E', b'L', b'F', ..] => Err(Fault::Compiled),
        [b'\0', b'a', b's', b'm', ..] => {
            Err(Fault::NotAPlugin("it is of a version of WebAssembly that is not known here".to_owned()))
        }
        _ => Err(Fault::NotAPlugin("it is no WebAssembly".to_owned())),
    }
}
