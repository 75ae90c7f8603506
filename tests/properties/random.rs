//! Random inputs, the same at every run.

/// A generator of numbers (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number less than this one, which is not 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Any bytes, at most so many; most of them such as commands print.
    pub(crate) fn bytes(&mut self, longest: usize) -> Vec<u8> {
        let length = self.below(longest + 1);
        (0..length).map(|_| self.byte()).collect()
    }

    fn byte(&mut self) -> u8 {
        const COMMON: &[u8] = b" \n\t:/%-.,()0123456789KMGTiBaeR=@";
        if self.below(3) > 0 { COMMON[self.below(COMMON.len())] } else { self.next() as u8 }
    }

    /// The bytes in parts, cut anywhere.
    pub(crate) fn split<'a>(&mut self, bytes: &'a [u8]) -> Vec<&'a [u8]> {
        let mut cuts: Vec<usize> = (0..self.below(8)).map(|_| self.below(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect()
    }

    /// The bytes with a few changes; some come from another capture.
    pub(crate) fn mutant(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        let mut mutant = bytes.to_vec();
        for _ in 0..=self.below(6) {
            let from = self.below(mutant.len() + 1);
            let to = (from + self.below(20)).min(mutant.len());
            match self.below(6) {
                0 => mutant.truncate(from),
                1 => drop(mutant.drain(from..to)),
                2 => drop(mutant.splice(from..from, self.bytes(12))),
                3 => drop(mutant.splice(from..to, self.bytes(12))),
                4 => drop(mutant.splice(from..from, mutant[from..to].to_vec())),
                _ => {
                    let start = self.below(other.len() + 1);
                    let end = (start + self.below(80)).min(other.len());
                    mutant.splice(from..from, other[start..end].iter().copied());
                }
            }
        }
        mutant
    }
}
