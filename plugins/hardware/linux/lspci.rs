//! `lspci`: a line a device, with `-k` and `-v` and more below it; with `-mm`, between quotes; with `-vmm`, `NAME:<tab>VALUE`.

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

use crate::bracketed;

/// A device of the PCI bus.
#[derive(Clone, Debug, Default, Record)]
pub struct PciDevice {
    /// Where it is: domain where there are several, bus, device and function, in hexadecimal.
    #[field(key)]
    pub slot: Vec<u8>,
    /// Domain.
    pub domain: Option<i64>,
    /// Bus.
    pub bus: Option<i64>,
    /// Device on the bus.
    pub device_number: Option<i64>,
    /// Function of the device.
    pub function: Option<i64>,
    /// Class: `Host bridge`.
    pub class: Option<Vec<u8>>,
    /// Identifier of the class, in hexadecimal (`-nn`).
    pub class_id: Option<Vec<u8>>,
    /// Vendor; null where its name is not told from the device's.
    pub vendor: Option<Vec<u8>>,
    /// Identifier of the vendor, in hexadecimal.
    pub vendor_id: Option<Vec<u8>>,
    /// The device; with the vendor's name before it where the two are not told apart.
    pub device: Option<Vec<u8>>,
    /// Identifier of the device, in hexadecimal.
    pub device_id: Option<Vec<u8>>,
    /// Vendor of the card.
    pub subsystem_vendor: Option<Vec<u8>>,
    /// Identifier of the card's vendor, in hexadecimal.
    pub subsystem_vendor_id: Option<Vec<u8>>,
    /// The card; with the vendor's name before it where the two are not told apart.
    pub subsystem: Option<Vec<u8>>,
    /// Identifier of the card, in hexadecimal.
    pub subsystem_id: Option<Vec<u8>>,
    /// Revision, in hexadecimal.
    pub revision: Option<Vec<u8>>,
    /// Programming interface.
    pub programming_interface: Option<Vec<u8>>,
    /// Driver in use (`-k`).
    pub driver: Option<Vec<u8>>,
    /// Modules that could drive it (`-k`).
    pub modules: Vec<Vec<u8>>,
    /// All else: lines below it, by their names.
    pub details: Map<Vec<u8>>,
}

/// Reads `lspci`.
pub struct Lspci {
    device: Block<PciDevice>,
    seen: Vec<&'static str>,
}

const EXPECTED: &str = "a device, `00:00.0 CLASS: DEVICE`, or `Slot:<tab>00:00.0`";

impl Parser for Lspci {
    const ABOUT: About = About {
        name: "lspci",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Devices of the PCI bus, as lspci prints them",
        commands: &["lspci", "busybox lspci"],
        dialect: "linux",
        ..About::DEFAULT
    };
    type Record = PciDevice;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Lspci { device: Block::default(), seen: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            self.flush(rows);
            return Ok(());
        }
        // Behind the colon stands a tab, or what became of it where the text was copied.
        if let Some((name, value)) = whole.split_once(":").filter(|(name, value)| {
            let is_apart = value.bytes.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
            is_apart && name.bytes.first().is_some_and(u8::is_ascii_uppercase) && name.bytes.iter().all(u8::is_ascii_alphabetic)
        }) {
            let value = value.trim_start();
            // `-vm` calls the slot a device, too.
            if name.bytes == b"Slot" || name.bytes == b"Device" && at(value).is_ok() {
                self.flush(rows);
                self.device.begin(at(value).map_err(Error::from))?;
                rows.recognise();
                return Ok(());
            }
            let Some(device) = self.device.more(|| line.expected(EXPECTED))? else { return Ok(()) };
            tagged(device, name, value);
            return Ok(());
        }
        if line.bytes[0].is_ascii_whitespace() {
            let Some(device) = self.device.more(|| line.expected(EXPECTED))? else { return Ok(()) };
            below(device, whole.trim());
            return Ok(());
        }
        if is_dump(whole) {
            let Some(device) = self.device.more(|| line.expected(EXPECTED))? else { return Ok(()) };
            device.dump(line.bytes);
            return Ok(());
        }
        // `pcilib: sysfs_read_vpd: read failed: …` may stand amid what is said of a device, and begins none.
        if [&b"pcilib: "[..], b"lspci: "].iter().any(|program| line.bytes.starts_with(program)) {
            return Err(whole.expected(EXPECTED).into());
        }
        self.flush(rows);
        self.device.begin(plain(whole).map_err(Error::from))?;
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Lspci {
    fn flush(&mut self, rows: &mut Rows<PciDevice>) {
        let Some(mut device) = self.device.take() else { return };
        device.identify();
        let all = [
            ("slot", true),
            ("domain", device.domain.is_some()),
            ("bus", true),
            ("device_number", true),
            ("function", true),
            ("class", device.class.is_some()),
            ("class_id", device.class_id.is_some()),
            ("vendor", device.vendor.is_some()),
            ("vendor_id", device.vendor_id.is_some()),
            ("device", device.device.is_some()),
            ("device_id", device.device_id.is_some()),
            ("subsystem_vendor", device.subsystem_vendor.is_some()),
            ("subsystem_vendor_id", device.subsystem_vendor_id.is_some()),
            ("subsystem", device.subsystem.is_some()),
            ("subsystem_id", device.subsystem_id.is_some()),
            ("revision", device.revision.is_some()),
            ("programming_interface", device.programming_interface.is_some()),
            ("driver", device.driver.is_some()),
            ("modules", !device.modules.is_empty()),
            ("details", !device.details.0.is_empty()),
        ];
        let new: Vec<&'static str> =
            all.into_iter().filter(|(name, has)| *has && !self.seen.contains(name)).map(|(name, _)| name).collect();
        if !new.is_empty() {
            self.seen.extend(new);
            rows.shape(&self.seen);
        }
        rows.push(device);
    }
}

/// `00:1f.2`, `0000:00:1f.2`
fn at(slot: Field<'_>) -> Result<PciDevice, Problem> {
    let expected = || slot.expected("a place such as `00:1f.2`");
    let (rest, function) = slot.split_once(".").ok_or_else(expected)?;
    let parts: Vec<Field<'_>> = rest.split(":").collect();
    let number = |field: Field<'_>| if field.bytes.is_empty() { Err(expected()) } else { field.hexadecimal().map(Some) };
    let (domain, bus, device) = match parts[..] {
        [bus, device] => (None, bus, device),
        [domain, bus, device] => (number(domain)?, bus, device),
        _ => return Err(expected()),
    };
    Ok(PciDevice {
        slot: slot.bytes.to_vec(),
        domain,
        bus: number(bus)?,
        device_number: number(device)?,
        function: number(function)?,
        ..PciDevice::default()
    })
}

/// `00:00.0 Host bridge [0600]: Intel … [8086:7190] (rev 01)`, or `00:00.0 "Host bridge" "Intel" "…" -r01 "VMware" "…"`.
fn plain(line: Field<'_>) -> Result<PciDevice, Problem> {
    let (slot, rest) = line.split_once(" ").ok_or_else(|| line.expected(EXPECTED))?;
    let mut device = at(slot).map_err(|_| line.expected(EXPECTED))?;
    if rest.bytes.starts_with(b"\"") {
        quoted(&mut device, rest)?;
        return Ok(device);
    }
    let (class, mut name) = rest.split_once(": ").ok_or_else(|| line.expected(EXPECTED))?;
    let (named, id) = bracketed(class);
    // Without names, identifiers have no brackets (`-n`).
    (device.class, device.class_id) = if is_id(&named) && id.is_none() { (None, Some(named)) } else { (Some(named), id) };
    // Remarks in parentheses stand at the end.
    while let Some((before, remark)) = name.trim_end().strip_suffix(")").and_then(|name| name.rsplit_once(" (")) {
        if let Some(revision) = remark.strip_prefix("rev ") {
            device.revision = Some(revision.bytes.to_vec());
        } else if let Some(interface) = remark.strip_prefix("prog-if ") {
            device.programming_interface = Some(interface.bytes.to_vec());
        } else {
            break;
        }
        name = before;
    }
    [device.device, device.vendor_id, device.device_id] = identified(name.trim_end());
    Ok(device)
}

/// The name and the identifiers of `Intel … [8086:7190]`, or of `8086:7190` alone.
fn identified(text: Field<'_>) -> [Option<Vec<u8>>; 3] {
    if let Some((vendor, device)) = ids(text.bytes) {
        return [None, Some(vendor), Some(device)];
    }
    let (name, bracketed) = bracketed(text);
    let Some(bracketed) = bracketed else { return [Some(name), None, None] };
    let mut halves = bracketed.splitn(2, |byte| *byte == b':').map(<[u8]>::to_vec);
    [Some(name), halves.next(), halves.next()]
}

/// Names between quotes, in which a backslash stands before a quote mark, and options between them.
fn quoted(device: &mut PciDevice, line: Field<'_>) -> Result<(), Problem> {
    let mut names = Vec::new();
    let mut rest = line.trim();
    while !rest.bytes.is_empty() {
        if let Some(text) = rest.strip_prefix("\"") {
            let (name, length) = unescaped(text.bytes).ok_or_else(|| rest.expected("a closing quote mark"))?;
            names.push(bracketed(Field::from(name.as_slice())));
            rest = text.split_at(length).1.trim();
        } else {
            let end = rest.bytes.iter().position(|byte| *byte == b' ').unwrap_or(rest.bytes.len());
            let (option, after) = rest.split_at(end);
            if let Some(revision) = option.strip_prefix("-r") {
                device.revision = Some(revision.bytes.to_vec());
            } else if let Some(interface) = option.strip_prefix("-p") {
                device.programming_interface = Some(interface.bytes.to_vec());
            }
            rest = after.trim();
        }
    }
    let mut names = names.into_iter().map(|(name, id)| (Some(name).filter(|name| !name.is_empty()), id));
    let mut next = || names.next().unwrap_or_default();
    (device.class, device.class_id) = next();
    (device.vendor, device.vendor_id) = next();
    (device.device, device.device_id) = next();
    (device.subsystem_vendor, device.subsystem_vendor_id) = next();
    (device.subsystem, device.subsystem_id) = next();
    device.identify();
    Ok(())
}

/// The text before a closing quote mark, without the backslashes that stand before quote marks and others of themselves, and how much
/// of the line that is with the mark.
fn unescaped(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut name = Vec::new();
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'"' => return Some((name, at + 1)),
            b'\\' if matches!(text.get(at + 1), Some(b'"' | b'\\')) => at += 1,
            _ => {}
        }
        name.push(*text.get(at)?);
        at += 1;
    }
}

/// Whether this is an identifier in hexadecimal digits.
fn is_id(text: &[u8]) -> bool {
    text.len() == 4 && text.iter().all(u8::is_ascii_hexdigit)
}

/// The identifiers of `8086:7190`.
fn ids(text: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (vendor, device) = text.split_at_checked(4)?;
    let device = device.strip_prefix(b":")?;
    (is_id(vendor) && is_id(device)).then(|| (vendor.to_vec(), device.to_vec()))
}

/// Whether a line is of the configuration space: `00: 86 80 57 0d …` (`-x`).
fn is_dump(line: Field<'_>) -> bool {
    let is_hexadecimal = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_hexdigit);
    line.split_once(": ").is_some_and(|(place, bytes)| {
        matches!(place.bytes.len(), 2 | 3)
            && is_hexadecimal(place.bytes)
            && bytes.fields().all(|byte| byte.bytes.len() == 2 && is_hexadecimal(byte.bytes))
    })
}

impl PciDevice {
    /// Adds a line of the configuration space.
    fn dump(&mut self, line: &[u8]) {
        match self.details.0.iter_mut().find(|(name, _)| name == b"Configuration space") {
            Some((_, text)) => text.extend([b"\n", line].concat()),
            None => self.details.0.push((b"Configuration space".to_vec(), line.to_vec())),
        }
    }

    /// Without names (`-n`), the identifiers stand in their place. The class tells: none has a name of four hexadecimal digits.
    fn identify(&mut self) {
        if self.class.as_deref().is_none_or(|class| !is_id(class)) || self.class_id.is_some() {
            return;
        }
        self.class_id = self.class.take();
        self.vendor_id = self.vendor.take();
        self.device_id = self.device.take();
        self.subsystem_vendor_id = self.subsystem_vendor.take();
        self.subsystem_id = self.subsystem.take();
    }
}

/// `Class:<tab>Host bridge [0600]`
fn tagged(device: &mut PciDevice, name: Field<'_>, value: Field<'_>) {
    let (text, id) = bracketed(value.trim());
    let some = Some(text);
    match name.bytes {
        b"Class" => (device.class, device.class_id) = (some, id),
        b"Vendor" => (device.vendor, device.vendor_id) = (some, id),
        b"Device" => (device.device, device.device_id) = (some, id),
        b"SVendor" => (device.subsystem_vendor, device.subsystem_vendor_id) = (some, id),
        b"SDevice" => (device.subsystem, device.subsystem_id) = (some, id),
        b"Rev" => device.revision = some,
        b"ProgIf" => device.programming_interface = some,
        b"Driver" => device.driver = some,
        b"Module" => device.modules.extend(some),
        _ => device.details.0.push((name.bytes.to_vec(), value.trim().bytes.to_vec())),
    }
}

/// `Kernel driver in use: ahci`, `Subsystem: VMware … [15ad:1976]`, and what else stands below a device.
fn below(device: &mut PciDevice, text: Field<'_>) {
    let Some((name, value)) = text.split_once(":") else {
        device.details.0.push((text.bytes.to_vec(), Vec::new()));
        return;
    };
    let value = value.trim();
    match name.bytes {
        b"Kernel driver in use" => device.driver = Some(value.bytes.to_vec()),
        b"Kernel modules" => device.modules = value.split(",").map(|module| module.trim().bytes.to_vec()).collect(),
        b"Subsystem" => {
            [device.subsystem, device.subsystem_vendor_id, device.subsystem_id] = identified(value);
        }
        _ => match device.details.0.iter_mut().find(|(known, _)| known == name.bytes) {
            Some((_, text)) => text.extend([b"\n", value.bytes].concat()),
            None => device.details.0.push((name.bytes.to_vec(), value.bytes.to_vec())),
        },
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Lspci;

    #[test]
    fn each_form_is_read() {
        let plain = parse::<Lspci>(None, b"0000:00:1f.2 SATA controller [0106]: Intel X (y) [8086:7190] (rev 0a) (prog-if 01 [AHCI 1.0])\n\tSubsystem: VMware Z [15ad:1976]\n\tKernel driver in use: ahci\n\tKernel modules: ahci, b\n");
        assert_eq!(
            plain.records,
            [
                r#"{"slot":"0000:00:1f.2","domain":0,"bus":0,"device_number":31,"function":2,"class":"SATA controller","class_id":"0106","vendor_id":"8086","device":"Intel X (y)","device_id":"7190","subsystem_vendor_id":"15ad","subsystem":"VMware Z","subsystem_id":"1976","revision":"0a","programming_interface":"01 [AHCI 1.0]","driver":"ahci","modules":["ahci","b"]}"#
            ]
        );
        let marked = parse::<Lspci>(None, b"00:00.0 \"Host bridge\" \"Intel\" \"440BX\" -r01 \"VMware\" \"Chipset\"\n");
        assert!(marked.records[0].contains(r#""class":"Host bridge","vendor":"Intel","device":"440BX","subsystem_vendor":"VMware","subsystem":"Chipset","revision":"01""#), "{marked:?}");
        let capture = b"Slot:\t00:00.0\nClass:\tHost bridge [0600]\nVendor:\tIntel [8086]\n\nSlot:\t00:01.0\nClass:\tX\n";
        assert_eq!(parse::<Lspci>(None, capture).records.len(), 2);
        assert_any_split::<Lspci>(None, capture);
        let once =
            b"Device:\t00:00.0\nClass:\tHost bridge\nVendor:\tIntel\nDevice:\t440BX\n\nDevice:\t10000:00:01.0\nClass:\tX\n";
        let once = parse::<Lspci>(Some(&["lspci", "-vm"]), once);
        assert_eq!((once.records.len(), once.problems.len()), (2, 0), "{once:?}");
        once.has(0, &[r#""slot":"00:00.0""#, r#""device":"440BX""#]);
        let spaced = String::from_utf8_lossy(capture).replace('\t', "   ");
        assert_eq!(parse::<Lspci>(None, spaced.as_bytes()), parse::<Lspci>(None, capture));
        assert_unrecognised::<Lspci>(["hello\n", "x y: z\n", "\tx\n", "Class:\tx\n"]);
    }

    #[test]
    fn what_stands_below_a_broken_device_is_not_of_the_one_before() {
        let first = "00:00.0 Host bridge: A\n\tKernel driver in use: a\n";
        let capture = format!("{first}x VGA: B\n\tKernel driver in use: b\n00: 86 80\n00:02.0 C: D\n\tSubsystem: E\n");
        let parsed = parse::<Lspci>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
        parsed.has(0, &[r#""driver":"a""#]);
        let amid = first.replace('\t', "pcilib: sysfs_read_vpd: read failed: Input/output error\n\t");
        let parsed = parse::<Lspci>(None, amid.as_bytes());
        assert_eq!((&parsed.records, parsed.problems.len()), (&parse::<Lspci>(None, first.as_bytes()).records, 1), "{parsed:?}");
    }

    #[test]
    fn identifiers_without_names_are_identifiers() {
        let parsed = parse::<Lspci>(None, b"00:1f.3 0403: 8086:a348 (rev 10)\n\tSubsystem: 1028:085a\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"slot":"00:1f.3","bus":0,"device_number":31,"function":3,"class_id":"0403","vendor_id":"8086","device_id":"a348","subsystem_vendor_id":"1028","subsystem_id":"085a","revision":"10"}"#
            ]
        );
    }

    #[test]
    fn a_backslash_before_a_quote_mark_is_no_part_of_a_name() {
        let parsed = parse::<Lspci>(None, b"00:00.0 \"Class\" \"A \\\"B\\\" C\" \"D\\\\\" -r01 \"\" \"\"\n");
        parsed.has(0, &[r#""vendor":"A \"B\" C","device":"D\\","revision":"01""#]);
    }

    #[test]
    fn identifiers_are_told_in_every_form_and_bytes_are_a_detail() {
        let ids = r#""class_id":"ffff","vendor_id":"1af4","device_id":"1044""#;
        let quoted = parse::<Lspci>(None, b"00:05.0 \"ffff\" \"1af4\" \"1044\" -r01 -p00 \"\" \"\"\n");
        quoted.has(0, &[ids]);
        let tagged = parse::<Lspci>(None, b"Slot:\t00:05.0\nClass:\tffff\nVendor:\t1af4\nDevice:\t1044\n\n");
        tagged.has(0, &[ids]);
        let dumped = parse::<Lspci>(None, b"00:00.0 Host bridge: X\n00: 86 80 57 0d\n10: 00 00\n\n00:01.0 Y: Z\n");
        assert_eq!(dumped.problems, [""; 0]);
        dumped.has(0, &[r#""details":{"Configuration space":"00: 86 80 57 0d\n10: 00 00"}"#]);
    }
}
