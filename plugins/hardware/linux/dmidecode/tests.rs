//! Whole outputs, and their heads.

use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

use super::Dmidecode;

#[test]
fn a_structure_has_values_and_lists() {
    let capture = "# dmidecode 3.4\nSMBIOS 2.8 present.\n\nHandle 0x1100, DMI type 17, 40 bytes\nMemory Device\n\tSize: 16 GB\n\tSpeed: 3200 MT/s\n\tRank: 2\n\tSerial Number: 0012\n\tAsset Tag: 12\n\tHandles: 2\n\t\t0x0001\n\t\t0x0002\n\tFlags:\n\t\tA (b)\n\n";
    let old = parse::<Dmidecode>(None, capture.replace("40 bytes", "40 bytes.").as_bytes());
    let parsed = parse::<Dmidecode>(None, capture.as_bytes());
    assert_eq!(
        parsed.records,
        [
            r#"{"kind":"table","version":"3.4","source":null,"smbios_version":"2.8","structures":null,"size":null,"memory_address":null}"#,
            r#"{"kind":"structure","handle":"0x1100","type_number":17,"type":"Memory Device","size":40,"values":{"Size":"16 GB","Speed":"3200 MT/s","Rank":"2","Serial Number":"0012","Asset Tag":"12","Handles":"2"},"lists":{"Handles":["0x0001","0x0002"],"Flags":["A (b)"]},"sizes":{"Size":17179869184},"amounts":{"Speed":3200,"Rank":2,"Handles":2},"remarks":[]}"#
        ]
    );
    assert_eq!(old, parsed);
    assert_any_split::<Dmidecode>(None, capture.as_bytes());
}

#[test]
fn without_handles_a_title_begins_a_structure() {
    let capture = "# dmidecode 3.4\n\nBIOS Information\n\tVendor: S\n\nInactive\n\tInactive\n\n";
    let parsed = parse::<Dmidecode>(Some(&["dmidecode", "-q"]), capture.as_bytes());
    assert_eq!(parsed.records.len(), 3, "{parsed:?}");
    let bare = parse::<Dmidecode>(None, capture.split_once("\n\n").map_or("", |(_, rest)| rest).as_bytes());
    assert_eq!(bare.records, parsed.records[1..]);
    assert!(
        parsed.records[1].starts_with(r#"{"kind":"structure","type":"BIOS Information","values":{"Vendor":"S"}"#),
        "{parsed:?}"
    );
}

#[test]
fn what_stands_above_the_structures_is_of_their_table() {
    let capture = "# dmidecode 3.4\nGetting SMBIOS data from sysfs.\nSMBIOS 3.5.0 present.\n\
        # SMBIOS implementations newer than version 3.3.0 are not\n# fully supported by this version of dmidecode.\n\
        14 structures occupying 646 bytes.\nTable at 0x000E9A30.\n\nHandle 0x0001, DMI type 1, 27 bytes\nA\n\tX: y\n";
    let parsed = parse::<Dmidecode>(None, capture.as_bytes());
    assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 2), "{parsed:?}");
    parsed.has(0, &[r#""version":"3.4","source":"sysfs","smbios_version":"3.5.0","structures":14,"size":646,"memory_address":"0x000E9A30""#]);
    assert!(parsed.problems.iter().all(|problem| problem.starts_with("warning")), "{parsed:?}");
    assert_any_split::<Dmidecode>(None, capture.as_bytes());
    let alone = parse::<Dmidecode>(None, b"# dmidecode 3.4\nScanning /dev/mem for entry point.\n");
    assert!(alone.sound()[0].contains(r#""source":"/dev/mem""#), "{alone:?}");
}

#[test]
fn what_follows_a_broken_handle_is_nobodys() {
    let capture = "Handle 0x0001, DMI type 1, 27 bytes\nA\n\tX: y\n\nHandle 0x00zz, DMI type 1, 27 bytes\nB\n\tX: z\n";
    let parsed = parse::<Dmidecode>(None, capture.as_bytes());
    assert_eq!(parsed.records.len(), 1, "{parsed:?}");
    assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
}

#[test]
fn texts_that_were_asked_for_have_its_name() {
    let parsed = parse::<Dmidecode>(Some(&["dmidecode", "-s", "processor-version"]), b"# SMBIOS x\nA 1\nB 2\n");
    assert_eq!(
        parsed.records,
        [
            r#"{"kind":"text","name":"processor-version","value":"A 1"}"#,
            r#"{"kind":"text","name":"processor-version","value":"B 2"}"#
        ]
    );
    assert_unrecognised::<Dmidecode>(["hello\n", "Hello\n", "Hello\nA\n", "Hello\n\n\tA: b\n", "A: b\n", "Handle x\n"]);
}

#[test]
fn tabs_may_have_become_blanks() {
    let capture = "# dmidecode 3.4\n\nHandle 0x1100, DMI type 17, 40 bytes\nMemory Device\n\tSize: 16 GB\n\tHandles: 2\n\t\t0x0001\n\t\t0x0002\n\tRank: 2\n\n";
    let parsed = parse::<Dmidecode>(None, capture.as_bytes());
    for blanks in ["        ", "    ", "  "] {
        assert_eq!(parse::<Dmidecode>(None, capture.replace('\t', blanks).as_bytes()), parsed);
    }
}
