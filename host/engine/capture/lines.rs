//! Cuts a stream of bytes at line ends, so that a parser never sees half a line.

use memchr::{memchr, memchr_iter, memrchr};

/// Bytes that are read at once: what a pipe holds, and what fits the cache on the way through parser and writer.
pub const READ_SIZE: usize = 64 << 10;

/// Whole lines of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The lines with their ends. Only the last line of a capture may lack its end.
    pub bytes: Vec<u8>,
    /// The number of the first of them, from 1.
    pub first_line: u64,
}

/// What a stream is cut into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Lines to be parsed.
    Lines(Chunk),
    /// This line has more bytes than the limit, and was dropped.
    TooLong(u64),
    /// This line was cut off when the command was stopped, and was dropped.
    CutOff(u64),
}

/// How a capture ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The command closed its output: a last line without an end is whole.
    Closed,
    /// The command was stopped: a last line without an end is not whole.
    CutOff,
}

/// Cuts a stream at line ends.
#[derive(Debug)]
pub struct LineCutter {
    buffer: Vec<u8>,
    /// The buffer has no line end before this place.
    searched: usize,
    next_line: u64,
    longest: usize,
    /// The line at the start of the buffer is too long: all of it is dropped.
    dropping: bool,
}

impl LineCutter {
    /// `longest` is the number of bytes a line may have, its end included.
    pub fn new(longest: usize) -> LineCutter {
        LineCutter { buffer: Vec::new(), searched: 0, next_line: 1, longest, dropping: false }
    }

    /// The buffer to append to, with room for [`READ_SIZE`] more bytes.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        self.buffer.reserve(READ_SIZE);
        &mut self.buffer
    }

    /// Takes the lines that are complete by now.
    pub fn cut(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        self.drop_long_line(&mut pieces);
        let Some(last) = memrchr(b'\n', &self.buffer[self.searched..]) else {
            self.searched = self.buffer.len();
            return pieces;
        };
        let rest = self.buffer.split_off(self.searched + last + 1);
        match self.lines(rest) {
            Piece::Lines(chunk) if chunk.bytes.len() > self.longest => self.without_long_lines(&chunk, &mut pieces),
            piece => pieces.push(piece),
        }
        pieces
    }

    /// Whether a line has begun and not ended.
    pub fn has_rest(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Ends the capture: what is left is its last line.
    pub fn finish(&mut self, ending: Ending) -> Vec<Piece> {
        let mut pieces = self.cut();
        self.drop_long_line(&mut pieces);
        if !self.buffer.is_empty() && !self.dropping {
            pieces.push(match ending {
                Ending::Closed => self.lines(Vec::new()),
                Ending::CutOff => Piece::CutOff(self.next_line),
            });
        }
        pieces
    }

    /// The buffer as a chunk; `rest` is the buffer from now on.
    fn lines(&mut self, rest: Vec<u8>) -> Piece {
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let first_line = self.next_line;
        self.next_line += memchr_iter(b'\n', &bytes).count() as u64;
        self.searched = self.buffer.len();
        Piece::Lines(Chunk { bytes, first_line })
    }

    /// Adds the lines that are not too long, in chunks. If the limit is less than what is read at once, any of them can be too
    /// long.
    fn without_long_lines(&self, chunk: &Chunk, pieces: &mut Vec<Piece>) {
        let mut first_line = chunk.first_line;
        let mut bytes = Vec::new();
        for (line, number) in chunk.bytes.split_inclusive(|&byte| byte == b'\n').zip(chunk.first_line..) {
            if line.len() <= self.longest {
                bytes.extend_from_slice(line);
                continue;
            }
            if !bytes.is_empty() {
                pieces.push(Piece::Lines(Chunk { bytes: std::mem::take(&mut bytes), first_line }));
            }
            pieces.push(Piece::TooLong(number));
            first_line = number + 1;
        }
        if !bytes.is_empty() {
            pieces.push(Piece::Lines(Chunk { bytes, first_line }));
        }
    }

    /// Drops the first line if it is too long, even if it has not ended yet.
    fn drop_long_line(&mut self, pieces: &mut Vec<Piece>) {
        let line_end = memchr(b'\n', &self.buffer[self.searched..]).map(|end| self.searched + end + 1);
        let length = line_end.unwrap_or(self.buffer.len());
        if length > self.longest && !self.dropping {
            self.dropping = true;
            pieces.push(Piece::TooLong(self.next_line));
        }
        if self.dropping {
            self.buffer.drain(..length);
            self.searched = 0;
            if line_end.is_some() {
                self.next_line += 1;
                self.dropping = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds the parts one by one and joins neighbouring chunks, so that only the outcome counts.
    fn cut(parts: &[&[u8]], longest: usize, ending: Ending) -> Vec<Piece> {
        let mut cutter = LineCutter::new(longest);
        let mut pieces = Vec::new();
        for part in parts {
            cutter.buffer().extend_from_slice(part);
            pieces.extend(cutter.cut());
        }
        pieces.extend(cutter.finish(ending));
        let mut joined: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (Some(Piece::Lines(before)), Piece::Lines(chunk)) => before.bytes.extend(chunk.bytes),
                (_, piece) => joined.push(piece),
            }
        }
        joined
    }

    fn lines(bytes: &[u8], first_line: u64) -> Piece {
        Piece::Lines(Chunk { bytes: bytes.to_vec(), first_line })
    }

    #[test]
    fn chunks_end_at_line_ends_however_the_bytes_arrive() {
        let whole = b"one\ntwo\n\nthree";
        let expected = [lines(whole, 1)];
        assert_eq!(cut(&[whole], 100, Ending::Closed), expected);
        let bytes: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(cut(&bytes, 100, Ending::Closed), expected);
    }

    #[test]
    fn lines_are_counted_across_chunks() {
        let mut cutter = LineCutter::new(100);
        cutter.buffer().extend_from_slice(b"a\nb\nc");
        assert_eq!(cutter.cut(), [lines(b"a\nb\n", 1)]);
        cutter.buffer().extend_from_slice(b"c\nd");
        assert_eq!(cutter.cut(), [lines(b"cc\n", 3)]);
        assert_eq!(cutter.finish(Ending::Closed), [lines(b"d", 4)]);
    }

    #[test]
    fn a_line_over_the_limit_is_dropped_alone() {
        let parts: &[&[u8]] = &[b"a\nlooo", b"oooong\nb\n"];
        let expected = [lines(b"a\n", 1), Piece::TooLong(2), lines(b"b\n", 3)];
        assert_eq!(cut(parts, 8, Ending::Closed), expected);
        assert_eq!(cut(&[b"a\n", b"looooooong\nb\n"], 8, Ending::Closed), expected);
        let bytes: Vec<&[u8]> = b"a\nlooooooong\nb\n".chunks(1).collect();
        assert_eq!(cut(&bytes, 8, Ending::Closed), expected);
        assert_eq!(cut(&[b"loooooooooong", b"er"], 8, Ending::Closed), [Piece::TooLong(1)]);
    }

    #[test]
    fn the_last_line_of_a_stopped_command_is_not_trusted() {
        assert_eq!(cut(&[b"a\nb"], 8, Ending::CutOff), [lines(b"a\n", 1), Piece::CutOff(2)]);
        assert_eq!(cut(&[b"a\n"], 8, Ending::CutOff), [lines(b"a\n", 1)]);
    }
}
