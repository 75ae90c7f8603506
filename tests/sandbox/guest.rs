//! Makes the bytes of a hostile plugin from the text of its case.

use std::fs;
use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The limits of a run, small so that attacks end soon. A case can set its own.
const LIMITS: &[(&str, u64)] = &[("memory", 16 << 20), ("call-millis", 200), ("batch", 1 << 20), ("compile-millis", 3000)];

/// What the bytes of a plugin are made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Make {
    /// The plugin of `guest.wat` with the case's forms in place: a core module with our world embedded.
    Guest,
    /// The same as a component.
    Encoded,
    /// The case's text as it is: a component.
    Component,
    /// The case's text as it is: a core module.
    Module,
    /// The first half of the honest plugin.
    Truncated,
    /// What the engine makes of the honest plugin: machine code.
    Compiled,
    /// Bytes without meaning.
    Random,
    /// Nothing.
    Empty,
}

/// A plugin and how it is run.
pub(crate) struct Guest {
    make: Make,
    text: String,
    version: String,
    /// As in the configuration.
    pub(crate) limits: Vec<(String, u64)>,
    pub(crate) lines: usize,
    pub(crate) arguments: Vec<String>,
    host_memory: usize,
}

impl Guest {
    /// The one of a case.
    pub(crate) fn read(case: &Path) -> Result<Guest, String> {
        Guest::parse(&fs::read_to_string(case).map_err(|error| error.to_string())?)
    }

    /// The bytes of the plugin. `folder` is where `guest.wat` is.
    pub(crate) fn bytes(&self, folder: &Path) -> Result<Vec<u8>, String> {
        self.make.bytes(folder, &self.text, &self.version)
    }

    /// Bytes of memory the plugin itself may have.
    pub(crate) fn memory_limit(&self) -> usize {
        self.limits.iter().find(|(name, _)| name == "memory").map_or(0, |&(_, bytes)| bytes as usize)
    }

    /// Bytes of memory that the host may take because of it.
    pub(crate) fn host_memory(&self) -> usize {
        self.host_memory
    }

    fn parse(case: &str) -> Result<Guest, String> {
        let mut limits: Vec<(String, u64)> = LIMITS.iter().map(|&(name, value)| (name.to_owned(), value)).collect();
        let (mut make, mut lines, mut arguments, mut version, mut host_memory) = (Make::Guest, 3, Vec::new(), "0.2.0", 64 << 20);
        let mut text = String::new();
        for line in case.lines() {
            let Some((key, value)) = line.strip_prefix(";;; ").and_then(|line| line.split_once(": ")) else {
                text.push_str(line);
                text.push('\n');
                continue;
            };
            match key {
                "make" => make = Make::named(value)?,
                "lines" => lines = number(value)? as usize,
                "arguments" => arguments = value.split_whitespace().map(str::to_owned).collect(),
                "version" => version = value,
                "host-memory" => host_memory = number(value)? as usize,
                "limits" => {
                    for entry in value.split(", ") {
                        let (name, value) = entry.split_once(" = ").ok_or(format!("`{entry}` is no limit"))?;
                        limits.retain(|(known, _)| known != name);
                        limits.push((name.to_owned(), number(value)?));
                    }
                }
                repeat => {
                    let times = repeat.strip_prefix("repeat ").ok_or(format!("`{repeat}` is not known"))?;
                    text.extend((0..number(times)?).map(|i| value.replace("{i}", &i.to_string()) + "\n"));
                }
            }
        }
        Ok(Guest { make, text, version: version.to_owned(), limits, lines, arguments, host_memory })
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number"))
}

impl Make {
    fn named(name: &str) -> Result<Make, String> {
        Ok(match name {
            "guest" => Make::Guest,
            "encoded" => Make::Encoded,
            "component" => Make::Component,
            "module" => Make::Module,
            "truncated" => Make::Truncated,
            "compiled" => Make::Compiled,
            "random" => Make::Random,
            "empty" => Make::Empty,
            _ => return Err(format!("`{name}` cannot be made")),
        })
    }

    fn bytes(self, folder: &Path, text: &str, version: &str) -> Result<Vec<u8>, String> {
        let guest = || module(folder, text, version);
        let honest = || module(folder, "", version).and_then(|module| component(&module));
        Ok(match self {
            Make::Guest => guest()?,
            Make::Encoded => component(&guest()?)?,
            Make::Component | Make::Module => assemble(text)?,
            Make::Truncated => {
                let honest = honest()?;
                honest[..honest.len() / 2].to_vec()
            }
            Make::Compiled => wasmtime::Engine::default().precompile_component(&honest()?).map_err(|error| error.to_string())?,
            // A generator is enough: any bytes that are no WebAssembly do.
            Make::Random => (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 11) as u8).collect(),
            Make::Empty => Vec::new(),
        })
    }
}

/// Our interface as one text, as of some version.
fn our_wit(folder: &Path, version: &str) -> String {
    let wit = folder.ancestors().nth(2).unwrap().join("wit");
    let read = |file: &str| fs::read_to_string(wit.join(file)).unwrap();
    format!("{}\n{}", read("world.wit"), read("parser.wit")).replace("@0.2.0", &format!("@{version}"))
}

/// The core module of `guest.wat` with the case's forms in place, and our world embedded.
fn module(folder: &Path, case: &str, version: &str) -> Result<Vec<u8>, String> {
    let guest = fs::read_to_string(folder.join("guest.wat")).map_err(|error| error.to_string())?;
    let case = forms(case);
    let mut forms = forms(&guest);
    forms.retain(|(name, _)| !case.iter().any(|(replaced, _)| replaced == name));
    forms.extend(case);
    // Imports stand before everything else.
    forms.sort_by_key(|(name, _)| !name.starts_with("(import"));
    let text: String = forms.into_iter().map(|(_, text)| text).collect();
    let mut module = assemble(&format!("(module {text})").replace("@0.2.0", &format!("@{version}")))?;
    let mut resolve = Resolve::default();
    let package = resolve.push_str("plugin.wit", &our_wit(folder, version)).map_err(|error| format!("{error:#}"))?;
    let world = resolve.select_world(&[package], None).map_err(|error| format!("{error:#}"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).map_err(|error| format!("{error:#}"))?;
    Ok(module)
}

fn component(module: &[u8]) -> Result<Vec<u8>, String> {
    let encoder = ComponentEncoder::default().validate(true).module(module);
    encoder.and_then(|encoder| { encoder }.encode()).map_err(|error| format!("{error:#}"))
}

fn assemble(text: &str) -> Result<Vec<u8>, String> {
    wat::parse_str(text).map_err(|error| error.to_string())
}

/// The forms of a text, each with its kind and name. A form begins at the start of a line.
fn forms(text: &str) -> Vec<(String, String)> {
    let mut forms: Vec<(String, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with(";;")) {
        if line.starts_with('(') {
            let name: Vec<&str> = line.trim_end_matches(')').split_whitespace().take(2).collect();
            forms.push((name.join(" "), String::new()));
        }
        if let Some((_, form)) = forms.last_mut() {
            form.push_str(line);
            form.push('\n');
        }
    }
    forms
}
