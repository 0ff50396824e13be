//! Text made plain before it is kept or looked for, so that both databases cut it into the same words: lower case, Latin
//! letters without their marks, one space between words. Everything that is no letter or digit separates words.

/// Most characters of one text that are searchable. Keeps the words of a delta within what PostgreSQL can hold (1 MiB).
const SEARCHED: usize = 49_152;

/// The plain form of a text.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(SEARCHED));
    for c in text.chars().take(SEARCHED).flat_map(char::to_lowercase) {
        match c {
            // Combining marks: the letter before them stays.
            '\u{300}'..='\u{36f}' => {}
            c if c.is_ascii_alphanumeric() => out.push(c),
            c if c.is_alphanumeric() => out.push(base(c)),
            _ if !out.is_empty() && !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// The words of a text, in plain form.
pub fn words(text: &str) -> Vec<String> {
    plain(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A Latin letter without its mark; others as they are.
pub(super) fn base(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' | 'ħ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ŧ' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_everything_that_is_no_letter_or_digit() {
        assert_eq!(plain("  neutron.agent: vendor-x_driver (10s)!"), "neutron agent vendor x driver 10s");
        assert_eq!(plain("Zürich Łódź Cafe\u{301} ÉTÉ"), "zurich lodz cafe ete");
        assert_eq!(words("--- 日本 ---"), ["日本"]);
        assert_eq!(plain("…\n"), "");
    }
}
