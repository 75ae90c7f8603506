//! `udevadm info`: what the database of udev has of devices (`-q all`, `-e`), their properties alone (`-q property`), and the attributes
//! of a device and those above it (`-a`).

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source};

/// A device.
#[derive(Clone, Debug, Default, Record)]
pub struct Device {
    /// Where the kernel has it, below `/sys`.
    #[field(key)]
    pub path: Option<Vec<u8>>,
    /// Its name in the kernel.
    pub name: Option<Vec<u8>>,
    /// The number at the end of that.
    pub number: Option<Vec<u8>>,
    /// What it belongs to: `block`, `net`, …
    pub subsystem: Option<Vec<u8>>,
    /// What it is within that: `disk`, `partition`, …
    pub r#type: Option<Vec<u8>>,
    /// Its driver; null where there is none.
    pub driver: Option<Vec<u8>>,
    /// Its device, without `/dev/`.
    pub device: Option<Vec<u8>>,
    /// `block` or `char`.
    pub device_kind: Option<&'static str>,
    /// Major device number.
    pub major: Option<i64>,
    /// Minor device number.
    pub minor: Option<i64>,
    /// Index of the network interface.
    pub interface_index: Option<i64>,
    /// Number of the disk's events so far.
    pub disk_sequence: Option<i64>,
    /// Priority of its links.
    pub link_priority: Option<i64>,
    /// Links to the device, without `/dev/`.
    pub symlinks: Vec<Vec<u8>>,
    /// What udev has found out.
    pub properties: Map<Vec<u8>>,
    /// What the kernel says of it (`-a`).
    pub attributes: Map<Vec<u8>>,
    /// Whether it is above the device that was asked for (`-a`).
    pub is_parent: bool,
}

/// How the output looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A letter and a colon before each value.
    Database,
    /// `NAME=VALUE`.
    Properties,
    /// `KEY=="VALUE"`.
    Walk,
}

/// Reads `udevadm info`.
pub struct Udevadm {
    form: Option<Form>,
    device: Block<Device>,
}

const EXPECTED: &str = "a device, as in `P: /devices/…`, `DEVPATH=/devices/…` or `looking at device '/devices/…':`";

impl Parser for Udevadm {
    const ABOUT: About = About {
        name: "udevadm",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Devices, as udevadm info prints them",
        commands: &["udevadm"],
        dialect: "systemd",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Device;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Udevadm { form: None, device: Block::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim_end();
        if whole.bytes.is_empty() {
            // Of the walk, a blank line stands before each device, which says so itself.
            if self.form != Some(Form::Walk) {
                self.flush(rows);
            }
            return Ok(());
        }
        let form = match self.form {
            Some(form) => form,
            None => *self.form.insert(form_of(whole).ok_or_else(|| line.expected(EXPECTED))?),
        };
        match form {
            Form::Database => self.entry(whole, rows),
            Form::Properties => {
                let (name, value) = whole.split_once("=").ok_or_else(|| whole.expected("`NAME=VALUE`"))?;
                rows.recognise();
                if self.device.current().is_none() {
                    self.device.begin(Ok(Device::default()))?;
                }
                self.device.current().into_iter().for_each(|device| device.property(name, value));
                Ok(())
            }
            Form::Walk => self.step(whole, rows),
        }
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

/// What a first line is of.
fn form_of(line: Field<'_>) -> Option<Form> {
    let begins = |beginning: &str| line.bytes.starts_with(beginning.as_bytes());
    if begins("P: ") {
        Some(Form::Database)
    } else if begins("DEVPATH=") {
        Some(Form::Properties)
    } else if begins("Udevadm info starts with the device") || begins("  looking at device '") {
        Some(Form::Walk)
    } else {
        None
    }
}

impl Udevadm {
    fn flush(&mut self, rows: &mut Rows<Device>) {
        let Some(device) = self.device.take() else { return };
        if rows.made() == 0 {
            rows.without(match self.form {
                Some(Form::Walk) => &[
                    "number",
                    "type",
                    "device",
                    "device_kind",
                    "major",
                    "minor",
                    "interface_index",
                    "disk_sequence",
                    "link_priority",
                    "symlinks",
                    "properties",
                ][..],
                _ => &["attributes", "is_parent"],
            });
        }
        rows.push(device);
    }

    /// `P: /devices/…`, `E: NAME=VALUE`
    fn entry(&mut self, line: Field<'_>, rows: &mut Rows<Device>) -> Result<(), Error> {
        let (letter, value) = line
            .split_once(": ")
            .filter(|(letter, _)| letter.bytes.len() == 1)
            .ok_or_else(|| line.expected("a letter and a colon"))?;
        if letter.bytes == b"P" {
            // Devices may stand without a blank line between them.
            self.flush(rows);
            rows.recognise();
            return self.device.begin(Ok(Device { path: Some(value.bytes.to_vec()), ..Device::default() }));
        }
        if self.device.current().is_none() && !self.device.is_lost() {
            self.device.skip();
            return Err(line.expected("`P: /devices/…` before what is said of a device").into());
        }
        let Some(device) = self.device.current() else { return Ok(()) };
        let text = || Some(value.bytes.to_vec());
        match letter.bytes {
            b"M" if device.name.is_some() => {
                self.flush(rows);
                self.device.skip();
                return Err(line.expected("`P: /devices/…` before what is said of another device").into());
            }
            b"M" => device.name = text(),
            b"R" => device.number = text(),
            b"U" => device.subsystem = text(),
            b"T" => device.r#type = text(),
            b"V" => device.driver = text(),
            b"N" => device.device = text(),
            b"S" => device.symlinks.push(value.bytes.to_vec()),
            b"I" => device.interface_index = Some(value.integer()?),
            b"Q" => device.disk_sequence = Some(value.integer()?),
            b"L" => device.link_priority = Some(value.integer()?),
            b"D" => {
                let (kind, numbers) = value.split_once(" ").ok_or_else(|| value.expected("`b MAJOR:MINOR`"))?;
                let (major, minor) = numbers.split_once(":").ok_or_else(|| numbers.expected("`MAJOR:MINOR`"))?;
                device.device_kind = Some(match kind.bytes {
                    b"b" => "block",
                    b"c" => "char",
                    _ => return Err(kind.expected("`b` or `c`").into()),
                });
                (device.major, device.minor) = (Some(major.integer()?), Some(minor.integer()?));
            }
            b"E" => {
                let (name, value) = value.split_once("=").ok_or_else(|| value.expected("`NAME=VALUE`"))?;
                device.property(name, value);
            }
            _ => return Err(letter.expected("a letter that udev has").into()),
        }
        Ok(())
    }

    /// A line of the walk up from a device.
    fn step(&mut self, line: Field<'_>, rows: &mut Rows<Device>) -> Result<(), Error> {
        let text = line.trim();
        for (beginning, is_parent) in [("looking at device '", false), ("looking at parent device '", true)] {
            if let Some(path) = text.strip_prefix(beginning) {
                self.flush(rows);
                let named = path.strip_suffix("':").ok_or_else(|| path.expected("a path in quotes and a colon").into());
                self.device.begin(named.map(|path| Device {
                    path: Some(path.bytes.to_vec()),
                    is_parent,
                    ..Device::default()
                }))?;
                rows.recognise();
                return Ok(());
            }
        }
        // What it says at the beginning.
        if line.bytes[0] != b' ' && !rows.recognised() {
            return Ok(());
        }
        let Some(device) = self.device.current() else { return Ok(()) };
        let parts = text.split_once("==\"").and_then(|(key, value)| Some((key, value.strip_suffix("\"")?)));
        let (key, value) = parts.ok_or_else(|| text.expected("`KEY==\"VALUE\"`"))?;
        let value = value.bytes.to_vec();
        match key.bytes {
            b"KERNEL" | b"KERNELS" => device.name = Some(value),
            b"SUBSYSTEM" | b"SUBSYSTEMS" => device.subsystem = Some(value),
            b"DRIVER" | b"DRIVERS" => device.driver = Some(value).filter(|driver| !driver.is_empty()),
            _ => {
                let name =
                    key.strip_prefix("ATTRS{").or_else(|| key.strip_prefix("ATTR{")).and_then(|name| name.strip_suffix("}"));
                let name = name.ok_or_else(|| key.expected("`ATTR{NAME}`"))?;
                device.attributes.0.push((name.bytes.to_vec(), value));
            }
        }
        Ok(())
    }
}

impl Device {
    fn property(&mut self, name: Field<'_>, value: Field<'_>) {
        let text = || Some(value.bytes.to_vec());
        // Without letters, properties are all that is known.
        match name.bytes {
            b"DEVPATH" if self.path.is_none() => self.path = text(),
            b"SUBSYSTEM" if self.subsystem.is_none() => self.subsystem = text(),
            b"DEVTYPE" if self.r#type.is_none() => self.r#type = text(),
            b"DRIVER" if self.driver.is_none() => self.driver = text(),
            b"DEVNAME" if self.device.is_none() => {
                self.device = Some(value.strip_prefix("/dev/").unwrap_or(value).bytes.to_vec());
            }
            b"MAJOR" if self.major.is_none() => self.major = value.as_integer(),
            b"MINOR" if self.minor.is_none() => self.minor = value.as_integer(),
            b"IFINDEX" if self.interface_index.is_none() => self.interface_index = value.as_integer(),
            b"DEVLINKS" if self.symlinks.is_empty() => {
                self.symlinks = value.fields().map(|link| link.strip_prefix("/dev/").unwrap_or(link).bytes.to_vec()).collect();
            }
            _ => {}
        }
        self.properties.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Udevadm;

    #[test]
    fn the_database_has_letters() {
        let capture = "P: /devices/a/block/vda\nM: vda\nU: block\nT: disk\nD: b 254:0\nN: vda\nL: 0\nS: disk/by-id/x\nQ: 9\nE: DEVNAME=/dev/vda\nE: A=b=c\n\nP: /devices/b\nR: 00\nI: 2\n";
        let parsed = parse::<Udevadm>(None, capture.as_bytes());
        assert_eq!(
            parsed.sound(),
            [
                r#"{"path":"/devices/a/block/vda","name":"vda","subsystem":"block","type":"disk","device":"vda","device_kind":"block","major":254,"minor":0,"disk_sequence":9,"link_priority":0,"symlinks":["disk/by-id/x"],"properties":{"DEVNAME":"/dev/vda","A":"b=c"}}"#,
                r#"{"path":"/devices/b","number":"00","interface_index":2,"symlinks":[],"properties":{}}"#,
            ]
        );
        assert_any_split::<Udevadm>(None, capture.as_bytes());
        let broken = parse::<Udevadm>(None, b"P: /a\nM: a\n\nX: /b\nM: b\n\nP: /c\nD: b 1\n");
        assert_eq!((broken.records.len(), broken.problems.len()), (2, 2), "{broken:?}");
    }

    #[test]
    fn a_walk_has_attributes() {
        let capture = "\nUdevadm info starts with the device\nand more.\n\n  looking at device '/devices/a':\n    KERNEL==\"a\"\n    DRIVER==\"\"\n    ATTR{x/y}==\"1 \"2\"\"\n\n  looking at parent device '/devices':\n    KERNELS==\"p\"\n    ATTRS{z}==\"\"\n";
        let parsed = parse::<Udevadm>(None, capture.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"path":"/devices/a","name":"a","subsystem":null,"driver":null,"attributes":{"x/y":"1 \"2\""},"is_parent":false}"#,
                r#"{"path":"/devices","name":"p","subsystem":null,"driver":null,"attributes":{"z":""},"is_parent":true}"#,
            ]
        );
        assert_any_split::<Udevadm>(None, capture.as_bytes());
    }

    #[test]
    fn properties_alone_are_read() {
        let parsed = parse::<Udevadm>(None, b"DEVPATH=/devices/a\nDEVNAME=/dev/a\nMAJOR=1\nDEVLINKS=/dev/x /dev/y\n");
        parsed.has(0, &[r#""path":"/devices/a""#, r#""device":"a""#, r#""major":1"#, r#""symlinks":["x","y"]"#]);
        assert_unrecognised::<Udevadm>(["hello\n", "Unknown device \"/dev/x\": No such device\n", "A=b\n"]);
    }
}
