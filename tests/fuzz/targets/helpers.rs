//! What the SDK gives to parsers for numbers, sizes, fields and columns: any bytes give a value or a problem.

#![no_main]

use libfuzzer_sys::fuzz_target;
use outparse_sdk::{Base, Field, Header, Line};

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (from, to, bytes) = input;
    let (from, to) = (from as usize, to as usize);
    for text in bytes.split(|&byte| byte == b'\n') {
        let line = Line { number: 1, bytes: text, end: b"\n" };
        let whole = line.whole();
        numbers(whole);
        line.fields().for_each(numbers);
        let _ = line.fields_and_rest::<1>();
        let _ = line.fields_and_rest::<3>();
        let _ = (line.quoted(), line.is_blank(), line.expect("x"));
        for part in [whole.part(from, to), whole.split_at(from).1, whole.trim(), whole.trim_start(), whole.trim_end()] {
            // What is cut out keeps its place.
            assert!(text[part.start()..].starts_with(part.bytes));
            let _ = (part.quoted(), part.squeezed(), part.has_shape("00:00"), part.is_month(), part.is_weekday(), part.known());
        }
        let needle = &text[..to.min(text.len())];
        if let Some((before, after)) = whole.split_once(needle) {
            assert_eq!([before.bytes, needle, after.bytes].concat(), text);
        }
        if let Some((before, after)) = whole.rsplit_once(needle) {
            assert_eq!([before.bytes, needle, after.bytes].concat(), text);
        }
        let _ = (whole.strip_prefix(needle), whole.strip_suffix(needle), whole.split(needle).count());
        if let Ok(header) = Header::read(line, &["Mounted on"]) {
            for other in bytes.split(|&byte| byte == b'\n') {
                header.cells(Line { number: 2, bytes: other, end: b"\n" });
            }
            assert_eq!(header.span(0).map(|span| span.end <= text.len()), Some(true));
        }
    }
});

fn numbers(field: Field<'_>) {
    let _ = (field.hexadecimal(), field.percent(), field.bare_suffix());
    if let Ok(float) = field.float() {
        assert!(!float.is_nan());
    }
    let binary = field.size(Base::Binary);
    let decimal = field.size(Base::Decimal);
    if let (Ok(binary), Ok(decimal)) = (binary, decimal) {
        assert!(binary.unsigned_abs() >= decimal.unsigned_abs());
    }
    if let Ok(integer) = field.integer() {
        assert_eq!(std::str::from_utf8(field.bytes).ok().and_then(|text| text.parse().ok()), Some(integer));
    }
}
