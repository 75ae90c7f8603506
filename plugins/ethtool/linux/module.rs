//! `ethtool -m`: what a module that is plugged into a device says of itself.

use outparse_sdk::{Field, Map, Problem, Record};

/// A module such as an SFP.
#[derive(Clone, Debug, Default, Record)]
pub struct Module {
    /// What it is: `0x03 (SFP)`.
    pub r#type: Vec<u8>,
    /// Its maker.
    pub vendor: Option<Vec<u8>>,
    /// Its part number.
    pub model: Option<Vec<u8>>,
    /// Serial number.
    pub serial: Option<Vec<u8>>,
    /// Temperature.
    #[field(unit = "celsius", gauge)]
    pub temperature: Option<f64>,
    /// All that it says of itself, by its name. What it says twice follows after a line end.
    pub properties: Map<Vec<u8>>,
}

/// `Vendor name                               : Example Corp.`
pub(crate) fn property<'a>(text: Field<'a>) -> Option<(Field<'a>, Field<'a>)> {
    text.split_once(" : ").map(|(name, value)| (name.trim(), value.trim()))
}

/// A property of a module.
pub(crate) fn put(module: &mut Module, text: Field<'_>) -> Result<(), Problem> {
    let (name, value) = property(text).ok_or_else(|| text.expected("`NAME : VALUE`"))?;
    let some = Some(value.bytes.to_vec()).filter(|value| !value.is_empty());
    match name.bytes {
        b"Identifier" => module.r#type = value.bytes.to_vec(),
        b"Vendor name" => module.vendor = some,
        b"Vendor PN" => module.model = some,
        b"Vendor SN" => module.serial = some,
        b"Module temperature" => {
            // `31.38 degrees C / 88.48 degrees F`
            let (celsius, _) = value.split_once(" degrees C").ok_or_else(|| value.expected("degrees Celsius"))?;
            module.temperature = Some(celsius.float()?);
        }
        _ => {}
    }
    match module.properties.0.iter_mut().find(|(known, _)| known == name.bytes) {
        Some((_, known)) => known.extend([b"\n", value.bytes].concat()),
        None => module.properties.0.push((name.bytes.to_vec(), value.bytes.to_vec())),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, parse};

    use crate::Ethtool;

    #[test]
    fn a_module_is_read() {
        let capture = "\tIdentifier                                : 0x03 (SFP)\n\tTransceiver type                          : 10G Ethernet: 10G Base-SR\n\
            \tTransceiver type                          : FC: short distance (S)\n\tVendor name                               : Example Corp.\n\
            \tVendor OUI                                : 00:1b:21\n\tVendor PN                                 : EX-10G\n\
            \tVendor SN                                 : A1\n\tModule temperature                        : 31.38 degrees C / 88.48 degrees F\n";
        let parsed = parse::<Ethtool>(None, capture.as_bytes());
        assert_eq!(
            parsed.only(),
            r#"{"kind":"module","type":"0x03 (SFP)","vendor":"Example Corp.","model":"EX-10G","serial":"A1","temperature":31.38,"properties":{"Identifier":"0x03 (SFP)","Transceiver type":"10G Ethernet: 10G Base-SR\nFC: short distance (S)","Vendor name":"Example Corp.","Vendor OUI":"00:1b:21","Vendor PN":"EX-10G","Vendor SN":"A1","Module temperature":"31.38 degrees C / 88.48 degrees F"}}"#
        );
        assert_any_split::<Ethtool>(None, capture.as_bytes());
    }
}
