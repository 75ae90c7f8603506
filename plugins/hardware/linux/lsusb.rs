//! `lsusb`: a line a device, and with `-v` its descriptors below it; `lsusb -t`: what is plugged into what.

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
    /// Its descriptors, in the order of the output (`-v`).
    pub descriptors: Vec<Descriptor>,
    /// What else is said of it: `Couldn't open device, …` (`-v`).
    pub remarks: Vec<Vec<u8>>,
}

/// What a device says of itself, or of a part.
#[derive(Clone, Debug, Default, Record)]
pub struct Descriptor {
    /// What it is: `Device Descriptor`, `Endpoint Descriptor`, …
    pub name: Vec<u8>,
    /// The place of the one that it stands in, counted from 0; null where that is the device.
    pub within: Option<i64>,
    /// What it says.
    pub values: Vec<DescriptorValue>,
}

/// A value of a descriptor.
#[derive(Clone, Debug, Default, Record)]
pub struct DescriptorValue {
    /// Its name: `bLength`.
    pub name: Vec<u8>,
    /// The value, as printed.
    pub value: Option<Vec<u8>>,
    /// The same as a number, where it is one in decimal or hexadecimal digits.
    pub number: Option<i64>,
    /// What it means.
    pub description: Option<Vec<u8>>,
    /// What its bits mean.
    pub attributes: Vec<Vec<u8>>,
}

/// What is plugged into a port.
#[derive(Clone, Debug, Default, Record)]
pub struct UsbPort {
    /// Number of its bus.
    #[field(key)]
    pub bus: i64,
    /// The ports that lead to it from the bus on, with points between them; the kernel has it behind the bus: `1-2.3`.
    #[field(key)]
    pub port: Vec<u8>,
    /// The interface, of those that the device has; null of a bus.
    #[field(key)]
    pub interface_number: Option<i64>,
    /// Number of the device on the bus.
    pub device_number: i64,
    /// Class of the device or interface: `Hub`, `Mass Storage`, …
    pub class: Option<Vec<u8>>,
    /// Its driver; null where there is none.
    pub driver: Option<Vec<u8>>,
    /// How many ports it has, where it is a hub.
    pub ports: Option<i64>,
    /// Speed.
    #[field(unit = "bits/s")]
    pub speed: Option<i64>,
    /// Identifier of its vendor, in hexadecimal (`-v`).
    pub vendor_id: Option<Vec<u8>>,
    /// Identifier of the device, in hexadecimal (`-v`).
    pub device_id: Option<Vec<u8>>,
    /// Names of both, as the system knows them (`-v`).
    pub description: Option<Vec<u8>>,
    /// Where the kernel has it (`-vv`).
    pub path: Option<Vec<u8>>,
    /// Its device (`-vv`).
    pub device: Option<Vec<u8>>,
}

/// Reads `lsusb`.
pub struct Lsusb {
    device: Option<UsbDevice>,
    /// The descriptors that are open: how far their names are indented, and their place.
    open: Vec<(usize, usize)>,
    /// How far the values of the last descriptor are indented.
    indent: Option<usize>,
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
        Lsusb { device: None, open: Vec::new(), indent: None, verbose: false, shaped: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if line.bytes.starts_with(b"Bus ") {
            // What stands below a device that could not be read is nobody's.
            self.flush(rows);
            (self.device, self.open, self.indent) = (Some(read(line.whole())?), Vec::new(), None);
            rows.recognise();
        } else if !rows.recognised() || self.begins_another(line) {
            self.flush(rows);
            return Err(line.whole().expected(EXPECTED).into());
        } else {
            self.described(line.whole());
        }
        Ok(())
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
            rows.shape(always.into_iter().chain(["descriptors", "remarks"].into_iter().filter(|_| self.verbose)));
        }
        rows.push(device);
    }

    /// Whether the line that begins a device is broken: of a list, this is that line, and else each device has one descriptor of its own.
    fn begins_another(&self, line: Line<'_>) -> bool {
        let text = line.bytes.trim_ascii();
        if text == b"Device Descriptor:" {
            let mut descriptors = self.device.iter().flat_map(|device| &device.descriptors);
            return descriptors.any(|descriptor| descriptor.name == b"Device Descriptor");
        }
        let is_remark = [&b"Couldn't "[..], b"couldn't ", b"Can't ", b"can't ", b"Cannot ", b"cannot "]
            .iter()
            .any(|start| text.starts_with(start));
        !self.verbose && !is_remark && !line.bytes.starts_with(b" ")
    }

    /// A line below a device.
    fn described(&mut self, line: Field<'_>) {
        let Some(device) = &mut self.device else { return };
        self.verbose = true;
        let text = line.trim();
        let indent = text.start();
        let before = self.open.len();
        self.open.retain(|(outer, _)| *outer < indent);
        if self.open.len() < before {
            self.indent = None;
        }
        let within = self.open.last().map(|(_, place)| *place);
        let place = device.descriptors.len();
        let begun =
            |name: Field<'_>, values| Descriptor { name: name.bytes.to_vec(), within: within.map(|place| place as i64), values };
        if let Some(name) = text.strip_suffix(":") {
            device.descriptors.push(begun(name, Vec::new()));
            self.open.push((indent, place));
            self.indent = None;
        } else if let Some(descriptor) = within.and_then(|place| device.descriptors.get_mut(place)) {
            match descriptor.values.last_mut() {
                Some(value) if self.indent.is_some_and(|values| indent > values) => {
                    value.attributes.push(text.squeezed().into_owned());
                }
                _ => {
                    self.indent = Some(indent);
                    descriptor.values.push(value(text));
                }
            }
        } else if let Some((name, value)) = text.split_once(": ").filter(|(name, _)| name.bytes.ends_with(b"Status")) {
            // `Device Status:     0x0001`, whose bits may stand below it.
            device.descriptors.push(begun(name, vec![named(name, value.trim())]));
            self.open.push((indent, place));
            self.indent = Some(indent);
        } else {
            device.remarks.push(text.bytes.to_vec());
        }
    }
}

/// `bLength                18`, `baInterfaceNr( 0)       1`, `Port 1: 0000.0100 power`
fn value(text: Field<'_>) -> DescriptorValue {
    if let Some((name, value)) = text.split_once(": ").filter(|(name, _)| name.bytes.starts_with(b"Port ")) {
        return named(name, value.trim());
    }
    let blank = text.find(" ").unwrap_or(text.bytes.len());
    let end = match (text.find("("), text.find(")")) {
        (Some(open), Some(close)) if open < blank && open < close => close + 1,
        _ => blank,
    };
    let (name, value) = text.split_at(end);
    named(name, value.trim())
}

fn named(name: Field<'_>, value: Field<'_>) -> DescriptorValue {
    let mut words = value.fields();
    let first = words.next();
    let number = first.and_then(|word| match word.strip_prefix("0x") {
        Some(digits) => digits.hexadecimal().ok(),
        None => word.as_integer(),
    });
    let known = |text: Field<'_>| Some(text.trim().bytes.to_vec()).filter(|text| !text.is_empty());
    DescriptorValue {
        name: name.bytes.to_vec(),
        value: first.and_then(known),
        number,
        description: known(words.rest()),
        attributes: Vec::new(),
    }
}

fn read(line: Field<'_>) -> Result<UsbDevice, Problem> {
    let expected = || line.expected(EXPECTED);
    let (bus, rest) = line.strip_prefix("Bus ").and_then(|rest| rest.split_once(" Device ")).ok_or_else(expected)?;
    let (number, rest) = rest.split_once(": ID ").ok_or_else(expected)?;
    let [vendor_id, device_id, name] = identified(rest).ok_or_else(expected)?;
    Ok(UsbDevice {
        bus: bus.integer()?,
        device_number: number.integer()?,
        vendor_id,
        device_id,
        description: Some(name).filter(|name| !name.is_empty()),
        ..UsbDevice::default()
    })
}

/// `1d6b:0002 Linux Foundation 2.0 root hub`: vendor, device, and their names, which may be missing.
fn identified(text: Field<'_>) -> Option<[Vec<u8>; 3]> {
    let (ids, name) = text.split_once(" ").unwrap_or((text, text.split_at(usize::MAX).1));
    let (vendor, device) = ids.split_once(":")?;
    Some([vendor, device, name.trim()].map(|part| part.bytes.to_vec()))
}

/// Reads `lsusb -t`.
pub struct LsusbTree {
    port: Option<UsbPort>,
    /// The bus, and the ports that lead to the last one with how far they are indented.
    bus: Option<i64>,
    ports: Vec<(usize, i64)>,
    said: (bool, bool),
}

const EXPECTED_PORT: &str = "`Port 1: Dev 2, If 0, Class=CLASS, Driver=DRIVER, SPEED`";

impl Parser for LsusbTree {
    const ABOUT: About = About {
        name: "lsusb-tree",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Ports of the USB and what is plugged into them, as lsusb -t prints them",
        commands: &["lsusb"],
        dialect: "tree",
        ..About::DEFAULT
    };
    type Record = UsbPort;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        LsusbTree { port: None, bus: None, ports: Vec::new(), said: (false, false) }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        if let Some(bus) = text.strip_prefix("/:  Bus ") {
            self.flush(rows);
            (self.bus, self.ports) = (None, Vec::new());
            let (number, rest) = bus.split_once(".").ok_or_else(|| bus.expected("a bus and its port"))?;
            let number = number.integer()?;
            let port = port(number, &mut self.ports, 0, rest)?;
            (self.bus, self.port) = (Some(number), Some(port));
            rows.recognise();
        } else if let Some(rest) = text.strip_prefix("|__ ") {
            self.flush(rows);
            if let Some(bus) = self.bus {
                self.port = Some(port(bus, &mut self.ports, text.start() + 1, rest)?);
            } else {
                rows.expect_recognised(EXPECTED_PORT)?;
            }
        } else if text.start() == 0 {
            // It may have been a bus: what follows is not plugged into the one above.
            self.flush(rows);
            (self.bus, self.ports) = (None, Vec::new());
            return Err(line.expected("a bus, as in `/:  Bus 01.Port 1: Dev 1, …`").into());
        } else if let Some(port) = &mut self.port {
            port.more(text)?;
        } else {
            rows.expect_recognised("a bus, as in `/:  Bus 01.Port 1: Dev 1, …`")?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl LsusbTree {
    fn flush(&mut self, rows: &mut Rows<UsbPort>) {
        let Some(port) = self.port.take() else { return };
        let said = (self.said.0 || port.vendor_id.is_some(), self.said.1 || port.path.is_some());
        if rows.made() == 0 || said != self.said {
            self.said = said;
            let missing = [(said.0, &["vendor_id", "device_id", "description"][..]), (said.1, &["path", "device"])];
            rows.without(missing.into_iter().filter(|(is_said, _)| !is_said).flat_map(|(_, fields)| fields));
        }
        rows.push(port);
    }
}

/// `Port 1: Dev 2, If 0, Class=Human Interface Device, Driver=usbhid, 12M`, with the ports that lead there.
fn port(bus: i64, ports: &mut Vec<(usize, i64)>, indent: usize, text: Field<'_>) -> Result<UsbPort, Problem> {
    let expected = || text.expected(EXPECTED_PORT);
    ports.retain(|(outer, _)| *outer < indent);
    let (number, rest) = text.strip_prefix("Port ").and_then(|rest| rest.split_once(": Dev ")).ok_or_else(expected)?;
    ports.push((indent, number.integer()?));
    let (device, rest) = rest.split_once(", ").ok_or_else(expected)?;
    let mut found = UsbPort { bus, device_number: device.integer()?, ..UsbPort::default() };
    // The port of the bus itself is not named in its devices' places.
    let names: Vec<String> = ports.iter().skip(usize::from(ports.len() > 1)).map(|(_, port)| port.to_string()).collect();
    found.port = names.join(".").into_bytes();
    let (rest, speed) = rest.rsplit_once(", ").ok_or_else(expected)?;
    // Of `20000M/x2`, the second is the number of lanes that it takes.
    let speed = speed.split_once("/x").map_or(speed, |(speed, _)| speed);
    found.speed = Some(speed.strip_suffix("M").ok_or_else(|| speed.expected("a speed"))?.float_e(6)? as i64);
    let (class, driver) = rest.split_once(", Driver=").ok_or_else(expected)?;
    let class = match class.strip_prefix("If ").and_then(|class| class.split_once(", ")) {
        Some((interface, class)) => {
            found.interface_number = Some(interface.integer()?);
            class
        }
        None => class,
    };
    let class = class.strip_prefix("Class=").ok_or_else(|| class.expected("`Class=CLASS`"))?;
    found.class = class.known().map(|class| class.bytes.to_vec());
    let (driver, ports) = match driver.rsplit_once("/").and_then(|(name, ports)| Some((name, ports.strip_suffix("p")?))) {
        Some((driver, ports)) => (driver, Some(ports.integer()?)),
        None => (driver, None),
    };
    let is_none = driver.bytes.is_empty() || driver.bytes == b"[none]";
    (found.driver, found.ports) = (Some(driver.bytes.to_vec()).filter(|_| !is_none), ports);
    Ok(found)
}

impl UsbPort {
    /// `ID 1d6b:0002 Linux Foundation 2.0 root hub`, `/sys/bus/usb/devices/usb1  /dev/bus/usb/001/001`
    fn more(&mut self, text: Field<'_>) -> Result<(), Problem> {
        if let Some(rest) = text.strip_prefix("ID ") {
            let [vendor, device, name] = identified(rest).ok_or_else(|| rest.expected("`VENDOR:DEVICE`"))?;
            (self.vendor_id, self.device_id) = (Some(vendor), Some(device));
            self.description = Some(name).filter(|name| !name.is_empty());
            return Ok(());
        }
        let [path, device] = text.fields_and_rest()?;
        if !path.bytes.starts_with(b"/sys/") || !device.bytes.starts_with(b"/dev/") {
            return Err(text.expected("`ID VENDOR:DEVICE NAME`, or paths"));
        }
        (self.path, self.device) = (Some(path.bytes.to_vec()), Some(device.trim().bytes.to_vec()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::{Lsusb, LsusbTree};

    #[test]
    fn devices_are_read() {
        let plain = parse::<Lsusb>(None, b"Bus 003 Device 090: ID 1915:521a Nordic X\nBus 001 Device 001: ID 1d6b:0002\n");
        assert_eq!(
            plain.records,
            [
                r#"{"bus":3,"device_number":90,"vendor_id":"1915","device_id":"521a","description":"Nordic X"}"#,
                r#"{"bus":1,"device_number":1,"vendor_id":"1d6b","device_id":"0002","description":null}"#,
            ]
        );
        assert_unrecognised::<Lsusb>(["hello\n", "Bus x\n", "/:  Bus 02.Port 1\n"]);
    }

    #[test]
    fn descriptors_stand_in_each_other() {
        let capture = "\nBus 003 Device 090: ID 1915:521a N\nCouldn't open device\nDevice Descriptor:\n  bLength                18\n  iProduct                2 UHCI Host\n  Configuration Descriptor:\n    bmAttributes         0xe0\n      Self Powered\n      Transfer Type            Interrupt\n    MaxPower                0mA\n    Interface Descriptor:\n      baInterfaceNr( 0)       1\nHub Descriptor:\n  bLength               9\n Hub Port Status:\n   Port 1: 0000.0100 power\nDevice Status:     0x0001\n  Self Powered\n";
        let parsed = parse::<Lsusb>(None, capture.as_bytes());
        let descriptors = [
            r#"{"name":"Device Descriptor","within":null,"values":[{"name":"bLength","value":"18","number":18,"description":null,"attributes":[]},{"name":"iProduct","value":"2","number":2,"description":"UHCI Host","attributes":[]}]}"#,
            r#"{"name":"Configuration Descriptor","within":0,"values":[{"name":"bmAttributes","value":"0xe0","number":224,"description":null,"attributes":["Self Powered","Transfer Type Interrupt"]},{"name":"MaxPower","value":"0mA","number":null,"description":null,"attributes":[]}]}"#,
            r#"{"name":"Interface Descriptor","within":1,"values":[{"name":"baInterfaceNr( 0)","value":"1","number":1,"description":null,"attributes":[]}]}"#,
            r#"{"name":"Hub Descriptor","within":null,"values":[{"name":"bLength","value":"9","number":9,"description":null,"attributes":[]}]}"#,
            r#"{"name":"Hub Port Status","within":3,"values":[{"name":"Port 1","value":"0000.0100","number":null,"description":"power","attributes":[]}]}"#,
            r#"{"name":"Device Status","within":null,"values":[{"name":"Device Status","value":"0x0001","number":1,"description":null,"attributes":["Self Powered"]}]}"#,
        ];
        let expected = format!(r#""descriptors":[{}],"remarks":["Couldn't open device"]}}"#, descriptors.join(","));
        assert!(parsed.records[0].ends_with(&expected), "{parsed:?}");
        assert_any_split::<Lsusb>(None, capture.as_bytes());
        let broken = parse::<Lsusb>(None, b"Bus 003 Device 090: ID 1915:521a N\nBus 003 Device x: ID 1:2\nDevice Descriptor:\n");
        assert_eq!((broken.records.len(), broken.problems.len()), (1, 1), "{broken:?}");
        assert!(!broken.records[0].contains("descriptors"), "{broken:?}");
        let second = parse::<Lsusb>(None, format!("{capture}{}", capture.replace("Bus", "x")).as_bytes());
        assert_eq!((second.records.len(), second.problems.len()), (1, 1), "{second:?}");
        assert!(second.records[0].contains(&descriptors.join(",")), "{second:?}");
        let list = parse::<Lsusb>(None, b"Bus 003 Device 090: ID 1915:521a N\nx 003 Device 091: ID 1915:521b M\n");
        assert_eq!((list.problems.len(), list.records[0].contains("remarks")), (1, false), "{list:?}");
    }

    #[test]
    fn a_tree_has_the_ports_that_lead_to_each() {
        let capture = "/:  Bus 02.Port 1: Dev 1, Class=root_hub, Driver=uhci_hcd/2p, 12M\n    ID 1d6b:0001 L F\n    /sys/bus/usb/devices/usb2  /dev/bus/usb/002/001\n    |__ Port 1: Dev 2, If 0, Class=Human Interface Device, Driver=usbhid, 1.5M\n    |__ Port 2: Dev 3, If 0, Class=Hub, Driver=hub/7p, 20000M/x2\n        |__ Port 4: Dev 5, If 1, Class=Vendor, Specific Class, Driver=, 5000M\n/:  Bus 001.Port 001: Dev 001, Class=root_hub, Driver=xhci_hcd/8p, 480M\n    |__ Port 002: Dev x, If 0, Class=Hub, Driver=[none], 480M\n";
        let parsed = parse::<LsusbTree>(None, capture.as_bytes());
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
        parsed.has(0, &[r#""bus":2,"port":"1","interface_number":null,"device_number":1,"class":"root_hub","driver":"uhci_hcd","ports":2,"speed":12000000,"vendor_id":"1d6b","device_id":"0001","description":"L F","path":"/sys/bus/usb/devices/usb2","device":"/dev/bus/usb/002/001""#]);
        parsed.has(1, &[r#""port":"1","interface_number":0,"device_number":2"#, r#""speed":1500000,"vendor_id":null"#]);
        parsed.has(3, &[r#""port":"2.4","interface_number":1,"device_number":5,"class":"Vendor, Specific Class","driver":null,"ports":null,"speed":5000000000"#]);
        parsed.has(4, &[r#""bus":1,"port":"1""#]);
        assert_eq!(parsed.records.len(), 5, "{parsed:?}");
        assert_any_split::<LsusbTree>(None, capture.as_bytes());
        let broken = parse::<LsusbTree>(None, capture.replace("/:  Bus 001", "x Bus 001").replace("Dev x", "Dev 7").as_bytes());
        assert_eq!(broken.records, parsed.records[..4], "{broken:?}");
        assert_unrecognised::<LsusbTree>(["hello\n", "|__ Port 1: Dev 2\n", "Bus 003 Device 090: ID 1915:521a N\n"]);
    }
}
