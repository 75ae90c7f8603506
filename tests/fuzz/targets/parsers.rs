//! Every bundled parser, natively. The first byte picks the plugin, the first line has the arguments (none when it is empty), and
//! the rest is the capture, which must give the same in one piece and line by line, to each parser of the plugin.

#![no_main]

use libfuzzer_sys::fuzz_target;

/// Those of `Cargo.toml`, in its order.
const PLUGINS: &[&[fn(Option<&[&str]>, &[u8])]] = include!(concat!(env!("OUT_DIR"), "/plugins.rs"));

fuzz_target!(|input: &[u8]| {
    let Some((&plugin, rest)) = input.split_first() else { return };
    let mut parts = rest.splitn(2, |&byte| byte == b'\n');
    let (Some(arguments), Some(capture)) = (parts.next(), parts.next()) else { return };
    let arguments = String::from_utf8_lossy(arguments);
    let words: Vec<&str> = arguments.split(' ').collect();
    let command = (!arguments.is_empty()).then_some(&words[..]);
    for parser in PLUGINS[plugin as usize % PLUGINS.len()] {
        parser(command, capture);
    }
});
