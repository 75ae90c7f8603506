//! `lsusb`: a line a device. What `-v` prints below it is kept as it stands.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// A device of the USB.
#[derive(Clone, Debug, Default, Record)]
pub struct UsbDevice {
    /// Number of its bus.
    #[field(key)]
    pub bus: i64,
    /// Number of the device on the bus.
    #[field(key)]
    pub device_number: i64,
    /// Identifier of its vendor, in hexadecimal.
    pub vendor_id: Vec<u8>,
    /// Identifier of the device, in hexadecimal.
    pub device_id: Vec<u8>,
    /// Names of both, as the system knows them.
    pub description: Option<Vec<u8>>,
    /// What stands below it (`-v`), as printed.
    pub descriptors: Vec<Vec<u8>>,
}

/// Reads `lsusb`.
pub struct Lsusb {
    device: Option<UsbDevice>,
    verbose: bool,
    shaped: Option<bool>,
}

const EXPECTED: &str = "a device, `Bus 001 Device 001: ID 1d6b:0002 NAME`";

impl Parser for Lsusb {
    const ABOUT: About = About {
        name: "lsusb",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Devices of the USB, as lsusb prints them",
        commands: &["lsusb", "busybox lsusb"],
        dialect: "linux",
        ..About::DEFAULT
    };
    type Record = UsbDevice;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Lsusb { device: None, verbose: false, shaped: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if line.bytes.starts_with(b"/:") {
            return Err(Error::unrecognised("`lsusb -t` draws a tree, which this parser does not read; `lsusb` prints a list"));
        }
        match read(line.whole()) {
            Ok(device) => {
                self.flush(rows);
                self.device = Some(device);
                rows.recognise();
                Ok(())
            }
            Err(problem) => match &mut self.device {
                Some(device) => {
                    self.verbose = true;
                    device.descriptors.push(line.bytes.to_vec());
                    Ok(())
                }
                None => Err(problem.into()),
            },
        }
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Lsusb {
    fn flush(&mut self, rows: &mut Rows<UsbDevice>) {
        let Some(device) = self.device.take() else { return };
        if self.shaped != Some(self.verbose) {
            self.shaped = Some(self.verbose);
            let always = ["bus", "device_number", "vendor_id", "device_id", "description"];
            rows.shape(always.into_iter().chain(self.verbose.then_some("descriptors")));
        }
        rows.push(device);
    }
}

fn read(line: Field<'_>) -> Result<UsbDevice, Problem> {
    let expected = || line.expected(EXPECTED);
    let (bus, rest) = line.strip_prefix("Bus ").and_then(|rest| rest.split_once(" Device ")).ok_or_else(expected)?;
    let (number, rest) = rest.split_once(": ID ").ok_or_else(expected)?;
    let (ids, name) = rest.split_once(" ").unwrap_or((rest, rest.split_at(usize::MAX).1));
    let (vendor, device) = ids.split_once(":").ok_or_else(expected)?;
    Ok(UsbDevice {
        bus: bus.integer()?,
        device_number: number.integer()?,
        vendor_id: vendor.bytes.to_vec(),
        device_id: device.bytes.to_vec(),
        description: Some(name.trim().bytes.to_vec()).filter(|name| !name.is_empty()),
        descriptors: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Lsusb;

    #[test]
    fn devices_are_read_and_what_stands_below_is_kept() {
        let plain = parse::<Lsusb>(None, b"Bus 003 Device 090: ID 1915:521a Nordic X\nBus 001 Device 001: ID 1d6b:0002\n");
        assert_eq!(
            plain.records[0],
            r#"{"bus":3,"device_number":90,"vendor_id":"1915","device_id":"521a","description":"Nordic X"}"#
        );
        assert_eq!(plain.records[1], r#"{"bus":1,"device_number":1,"vendor_id":"1d6b","device_id":"0002","description":null}"#);
        let verbose =
            parse::<Lsusb>(None, b"\nBus 003 Device 090: ID 1915:521a N\nDevice Descriptor:\n  bLength                18\n");
        assert!(
            verbose.records[0].ends_with(r#""descriptors":["Device Descriptor:","  bLength                18"]}"#),
            "{verbose:?}"
        );
        assert_unrecognised::<Lsusb>(["hello\n", "Bus x\n", "/:  Bus 02.Port 1\n"]);
    }
}
