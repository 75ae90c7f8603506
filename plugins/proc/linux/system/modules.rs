//! `/proc/modules`: modules of the kernel.

use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};

use crate::about;

/// A module of the kernel.
#[derive(Clone, Debug, Default, Record)]
pub struct Module<'a> {
    /// Its name.
    #[field(key)]
    pub module: &'a [u8],
    /// Its size.
    #[field(unit = "bytes")]
    pub size: i64,
    /// Number of its users; null where modules cannot be unloaded.
    pub references: Option<i64>,
    /// Modules that use it.
    pub used_by: Vec<&'a [u8]>,
    /// State: `Live`, `Loading`, `Unloading`.
    pub state: &'a [u8],
    /// Address in the kernel, in hexadecimal.
    pub kernel_address: &'a [u8],
    /// What it taints the kernel with, by letters.
    pub taints: Option<&'a [u8]>,
}

/// Reads `/proc/modules`.
pub struct Modules;

impl Parser for Modules {
    const ABOUT: About = about!("modules", "Modules of the kernel, as /proc/modules has them", "/proc/modules");
    type Record = Module<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Modules
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let [module, size, references, used_by, state, rest] = line.fields_and_rest()?;
        let [address, taints] = rest.fields_and_rest()?;
        if !address.bytes.starts_with(b"0x") {
            return Err(address.expected("an address in hexadecimal").into());
        }
        rows.push(Module {
            module: module.bytes,
            size: size.integer()?,
            references: references.known().map(|number| number.integer()).transpose()?,
            used_by: used_by.split(",").filter_map(|name| name.known()).map(|name| name.bytes).collect(),
            state: state.bytes,
            kernel_address: address.bytes,
            taints: Some(taints.trim().bytes).filter(|taints| !taints.is_empty()),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn modules_are_read() {
        assert_eq!(
            parse::<Modules>(None, b"a 16384 2 b,c, Live 0x0000000000000000 (OE)\n").records,
            [
                r#"{"module":"a","size":16384,"references":2,"used_by":["b","c"],"state":"Live","kernel_address":"0x0000000000000000","taints":"(OE)"}"#
            ]
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        let fixed = parse::<Modules>(None, b"a 16384 - - Live 0x0000000000000000\n");
        fixed.has(0, &[r#""references":null,"used_by":[]"#]);
        assert_unrecognised::<Modules>(["hello\n", "a 1 2 b Live c\n"]);
    }
}
