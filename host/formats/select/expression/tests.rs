use super::*;

/// The tree with brackets around everything.
fn read(text: &str) -> String {
    fn shown(expression: &Expression) -> String {
        let join = |parts: &[Expression], with: &str| format!("({})", parts.iter().map(shown).collect::<Vec<_>>().join(with));
        match expression {
            Expression::Any(parts) => join(parts, " | "),
            Expression::All(parts) => join(parts, " & "),
            Expression::Not(inner) => format!("!{}", shown(inner)),
            Expression::Test { path, test } => {
                let path = path.names.join(".");
                match test {
                    Test::IsTrue => path,
                    Test::IsNull => format!("{path}?"),
                    Test::Compare(comparison, value) => format!("{path} {comparison:?} {}", value.text),
                    Test::Has(value) => format!("{path} has {}", value.text),
                    Test::Text(test, value) => format!("{path} {test:?} {}", value.text),
                }
            }
        }
    }
    parse(text).map_or_else(|misuse| misuse.to_string(), |expression| shown(&expression))
}

#[test]
fn and_binds_tighter_than_or_and_not_tighter_than_both() {
    assert_eq!(read("a or b and not c or d"), "(a | (b & !c) | d)");
    assert_eq!(read("(a or b) and not (c or d)"), "((a | b) & !(c | d))");
}

#[test]
fn values_are_words_numbers_with_units_and_quoted_texts() {
    assert_eq!(read("a>=10GiB and b<2 h"), "(a GreaterOrEqual 10GiB & b Less 2 h)");
    assert_eq!(read("a = /dev/sda1 and not b"), "(a Equal /dev/sda1 & !b)");
    assert_eq!(read(r"a =~ '^/dev/\d+' or b !~ x"), r"(a Matches ^/dev/\d+ | !b Matches x)");
    assert_eq!(read("a == 'it''s' and b != \"x\\\"y\""), "(a Equal it's & b NotEqual x\"y)");
    assert_eq!(read(r"a = 'C:\'"), r"a Equal C:\");
}

#[test]
fn words_that_look_like_keywords_are_names() {
    assert_eq!(read("order and notes and is_null"), "(order & notes & is_null)");
    assert_eq!(read("a is not null and b.c is null"), "(!a? & b.c?)");
    assert_eq!(read("a not has x and b starts with y"), "(!a has x & b StartsWith y)");
}

#[test]
fn mistakes_are_marked() {
    for (text, message) in [
        ("", "the name of a field is expected here\n  \n  ^"),
        ("a >", "a value is expected here\n  a >\n     ^"),
        ("a = 'b", "this quote is not closed\n  a = 'b\n      ^"),
        ("(a = 1", "this bracket is not closed\n  (a = 1\n  ^"),
        ("a = 1 b", "`and`, `or` or the end is expected here\n  a = 1 b\n        ^"),
        ("a and > 2", "the name of a field is expected here\n  a and > 2\n        ^"),
        ("a is 3", "`null` or `not null` is expected here\n  a is 3\n       ^"),
        ("a starts x", "`with` is expected here\n  a starts x\n          ^"),
        ("a..b", "the name of a field is expected here\n  a..b\n    ^^"),
    ] {
        let found = read(text);
        assert!(found.starts_with(&format!("`--where`: {message}")), "{text}: {found}");
    }
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(read(&nested(MOST_NESTED - 1)), "a");
    assert!(read(&nested(MOST_NESTED)).contains("more than 100 brackets"));
    assert!(read(&"not ".repeat(1_000_000)).contains("more than 100 brackets"));
}

#[test]
fn nothing_that_can_be_typed_breaks_the_parser() {
    let pieces = ["a", "'", "\"", "\\", "(", ")", " ", "=", "é", "日", ".", "not ", "has ", "3", "%", "\n", "=~", "starts "];
    let mut seed = 7_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..8 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
        }
        read(&text);
    }
}
