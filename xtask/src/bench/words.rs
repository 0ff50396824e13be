//! Varied text that is the same in every run.

/// Words that bug reports are made of.
const COMMON: &str = "the a of to in is not when after with and for on at it that this error fails returns timeout host network volume image server port \
    agent driver request response token session database queue message worker thread lock retry config file path update delete create attach detach \
    migrate resize rebuild schedule filter policy quota tenant user admin service endpoint address router gateway bridge tunnel packet route subnet \
    restart crash trace exception null empty missing wrong stale duplicate slow memory disk log level test unit api call list page field value key";

/// A source of text.
pub struct Words {
    state: u64,
    words: Vec<String>,
    common: usize,
}

impl Words {
    /// The one that a seed gives.
    pub fn new(seed: u64) -> Self {
        const SYLLABLES: [&str; 16] =
            ["ba", "ko", "ri", "ten", "lu", "mar", "sol", "ve", "dis", "pan", "qui", "zor", "fel", "gat", "hym", "nox"];
        let mut words: Vec<String> = COMMON.split_whitespace().map(str::to_owned).collect();
        let common = words.len();
        for a in SYLLABLES {
            for b in SYLLABLES {
                for c in &SYLLABLES[..8] {
                    words.push(format!("{a}{b}{c}"));
                }
            }
        }
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, words, common }
    }

    /// A number, as if at random.
    pub fn roll(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state >> 16
    }

    /// A word: four of five are common ones.
    fn word(&mut self) -> &str {
        let all = self.words.len();
        let index = match self.roll() % 5 {
            0 => self.common + below(self.roll(), all - self.common),
            _ => below(self.roll(), self.common),
        };
        &self.words[index]
    }

    /// Some words with a capital at the beginning.
    pub fn sentence(&mut self, words: u64) -> String {
        let mut text = String::new();
        for _ in 0..words.max(1) {
            if !text.is_empty() {
                text.push(' ');
            }
            let word = self.word().to_owned();
            text.push_str(&word);
        }
        text[..1].to_uppercase() + &text[1..]
    }

    /// Paragraphs of sentences.
    pub fn text(&mut self, words: u64) -> String {
        let mut text = String::new();
        let mut left = words;
        while left > 0 {
            let next = (4 + self.roll() % 12).min(left);
            text.push_str(&self.sentence(next));
            text.push_str(if self.roll().is_multiple_of(4) { ".\n\n" } else { ". " });
            left -= next;
        }
        text
    }

    /// Words that few texts hold, to search for: about 80 of 10,000 each.
    pub fn searched(&self) -> Vec<String> {
        self.words[self.common..].iter().step_by(61).cloned().collect()
    }
}

fn below(number: u64, bound: usize) -> usize {
    usize::try_from(number % bound.max(1) as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_writes_the_same_text() {
        let (mut one, mut two) = (Words::new(3), Words::new(3));
        assert_eq!(one.text(50), two.text(50));
        assert_ne!(one.text(50), Words::new(4).text(50));
        assert!(one.sentence(5).split(' ').count() == 5 && one.searched().len() > 20);
    }
}
