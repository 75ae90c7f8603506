//! The native twin of `outparse parse df --format jsonl`: the same parser compiled into a program of its own, which prints the
//! same bytes. What the sandbox costs is the difference between the two.

#![allow(missing_docs, reason = "a measuring device")]

use std::io::{self, Read, Write};

use outparse_df_gnu::Df;
use outparse_sdk::bindings::exports::outparse::plugin::parser::{Answer, Column, Failure, Values};
use outparse_sdk::{Native, Source};

/// As much as the host reads at once.
const READ_SIZE: usize = 64 << 10;

fn main() -> io::Result<()> {
    let mut parser = Native::<Df>::new(&Source { command: "df".to_owned(), ..Source::default() });
    let mut shapes = Shapes { fields: Native::<Df>::fields(), keys: Vec::new() };
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let (mut buffer, mut text) = (Vec::new(), Vec::new());
    let mut next_line = 1;
    loop {
        let before = buffer.len();
        buffer.resize(before + READ_SIZE, 0);
        let read = input.read(&mut buffer[before..])?;
        buffer.truncate(before + read);
        let end = if read == 0 { buffer.len() } else { memchr::memrchr(b'\n', &buffer).map_or(0, |newline| newline + 1) };
        print(parser.feed(&buffer[..end], next_line), &mut shapes, &mut text)?;
        if read == 0 {
            print(parser.finish(), &mut shapes, &mut text)?;
        }
        output.write_all(&text)?;
        text.clear();
        next_line += memchr::memchr_iter(b'\n', &buffer[..end]).count() as u64;
        buffer.drain(..end);
        if read == 0 {
            return Ok(());
        }
    }
}

/// The fields of the schema, and the keys of each shape.
struct Shapes {
    fields: Vec<String>,
    keys: Vec<Vec<String>>,
}

fn print(answer: Result<Answer, Failure>, shapes: &mut Shapes, text: &mut Vec<u8>) -> io::Result<()> {
    let answer = answer.map_err(|failure| io::Error::other(format!("{failure:?}")))?;
    for shape in answer.shapes {
        let keys = shape.fields.iter().map(|&field| format!("\"{}\":", shapes.fields[field as usize]));
        shapes.keys.push(keys.collect());
    }
    for batch in answer.batches {
        let keys = &shapes.keys[batch.shape as usize];
        for row in 0..batch.rows as usize {
            for (index, (key, column)) in keys.iter().zip(&batch.columns).enumerate() {
                text.push(if index == 0 { b'{' } else { b',' });
                text.extend_from_slice(key.as_bytes());
                print_value(column, row, text)?;
            }
            text.extend_from_slice(b"}\n");
        }
    }
    Ok(())
}

fn print_value(Column { validity, values }: &Column, row: usize, text: &mut Vec<u8>) -> io::Result<()> {
    let bit = |bits: &[u8]| bits[row / 8] >> (row % 8) & 1 == 1;
    if validity.as_deref().is_some_and(|validity| !bit(validity)) {
        text.extend_from_slice(b"null");
        return Ok(());
    }
    match values {
        Values::Booleans(bits) => text.extend_from_slice(if bit(bits) { b"true" } else { b"false" }),
        Values::Integers(numbers) => text.extend_from_slice(itoa::Buffer::new().format(numbers[row]).as_bytes()),
        Values::Texts(texts) => {
            let bytes = &texts.bytes[texts.offsets[row] as usize..texts.offsets[row + 1] as usize];
            serde_json::to_writer(text, &String::from_utf8_lossy(bytes))?;
        }
        Values::Nulls => text.extend_from_slice(b"null"),
        _ => return Err(io::Error::other("df has no such fields")),
    }
    Ok(())
}
