//! Lists the plugins that `Cargo.toml` names, for the target `parsers`.

use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=Cargo.toml");
    let manifest = fs::read_to_string("Cargo.toml")?;
    let plugins = manifest.lines().filter(|line| line.contains("path = \"../../plugins/") && !line.contains("plugins/sdk"));
    let names: Vec<String> = plugins.filter_map(|line| Some(line.split(' ').next()?.replace('-', "_"))).collect();
    let list: String = names.iter().map(|name| format!("{name}::PARSERS, ")).collect();
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(format!("{out}/plugins.rs"), format!("&[{list}]"))
}
