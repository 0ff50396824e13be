//! What can be referred to: link targets, titles, footnotes, substitutions.

use std::collections::HashMap;

use super::plain::ADDRESS;

/// Longest name that another one leads to, in bytes, and longest word that refers to one, in characters: each use looks at all of it.
pub const NAME: usize = 200;

/// Where a name leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An address elsewhere.
    Url(String),
    /// A place in this text: its id.
    Place(String),
    /// Where another name leads; kept as names are compared.
    Name(String),
}

/// What a substitution stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Substitute {
    /// Text with inline markup.
    Text(String),
    /// A picture: where it is, and the words for it.
    Picture(String, String),
}

/// A footnote's or citation's label.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Label {
    /// As it is written.
    Said(String),
    /// The next number; it may have a name besides.
    Next(Option<String>),
    /// The next sign.
    Sign,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Names {
    targets: HashMap<String, Target>,
    titles: HashMap<String, String>,
    anonymous: Vec<String>,
    footnotes: Vec<Label>,
    substitutes: HashMap<String, Substitute>,
}

/// A name as it is compared: one space between words, no capitals.
pub fn name(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// An id made of a name: letters, digits and `-`.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase).take(200) {
        if c.is_alphanumeric() || c == '_' {
            slug.push(c);
        } else if !slug.ends_with('-') && (c == '-' || c.is_whitespace() || c == '.' || c == '/') {
            slug.push('-');
        }
    }
    slug.trim_matches('-').to_owned()
}

impl Names {
    /// Keeps where a name leads; the first says it. What is too long for an address or a name leads nowhere.
    pub fn target(&mut self, of: &str, target: Target) {
        let target = match target {
            Target::Url(url) if url.len() > ADDRESS => return,
            Target::Name(other) if other.len() > NAME => return,
            Target::Name(other) => Target::Name(name(&other)),
            target => target,
        };
        self.targets.entry(name(of)).or_insert(target);
    }

    /// Keeps where the next nameless reference leads.
    pub fn anonymous(&mut self, url: &str) {
        // One that is too long keeps its turn, and leads nowhere.
        self.anonymous.push(if url.len() > ADDRESS { String::new() } else { url.to_owned() });
    }

    /// A section's title is a target by itself.
    pub fn title(&mut self, title: &str) {
        self.titles.entry(name(title)).or_insert_with(|| slug(title));
    }

    /// Keeps a footnote or citation; its number among all of them.
    pub fn footnote(&mut self, label: &str) -> usize {
        self.footnotes.push(match label {
            "*" => Label::Sign,
            "#" => Label::Next(None),
            label => label.strip_prefix('#').map_or_else(|| Label::Said(label.to_owned()), |known| Label::Next(Some(name(known)))),
        });
        self.footnotes.len() - 1
    }

    /// Keeps what a substitution stands for.
    pub fn substitute(&mut self, of: &str, by: Substitute) {
        self.substitutes.entry(name(of)).or_insert(by);
    }

    /// Everything is known: numbers the footnotes.
    pub fn done(self) -> Known {
        let mut labels = vec![String::new(); self.footnotes.len()];
        let said: Vec<&str> =
            self.footnotes.iter().filter_map(|label| if let Label::Said(said) = label { Some(said.as_str()) } else { None }).collect();
        let taken: std::collections::HashSet<&str> = said.into_iter().collect();
        let (mut next, mut sign) = (0usize, 0usize);
        let (mut numbered, mut signed, mut by_label) = (Vec::new(), Vec::new(), HashMap::new());
        for (i, label) in self.footnotes.iter().enumerate() {
            match label {
                Label::Said(said) => {
                    labels[i] = said.clone();
                    by_label.entry(name(said)).or_insert(i);
                }
                Label::Next(known) => {
                    next += 1;
                    while taken.contains(next.to_string().as_str()) {
                        next += 1;
                    }
                    labels[i] = next.to_string();
                    by_label.entry(labels[i].clone()).or_insert(i);
                    match known {
                        Some(known) => {
                            by_label.entry(format!("#{known}")).or_insert(i);
                        }
                        None => numbered.push(i),
                    }
                }
                Label::Sign => {
                    const SIGNS: [&str; 6] = ["*", "†", "‡", "§", "¶", "#"];
                    sign += 1;
                    // Then numbers: signs that are doubled, trebled and so on would grow with the square of how many there are.
                    labels[i] = SIGNS.get(sign - 1).map_or_else(|| format!("*{sign}"), |known| (*known).to_owned());
                    signed.push(i);
                }
            }
        }
        Known { names: self, labels, numbered, signed, by_label, used: (0, 0, 0) }
    }
}

/// The same, to look things up in.
#[derive(Clone, Debug, Default)]
pub struct Known {
    names: Names,
    /// What each footnote is called.
    pub labels: Vec<String>,
    numbered: Vec<usize>,
    signed: Vec<usize>,
    by_label: HashMap<String, usize>,
    /// How many nameless links, numbered and signed footnotes have been referred to.
    used: (usize, usize, usize),
}

impl Known {
    /// Where a reference of this name leads: a link's address.
    pub fn target(&self, of: &str) -> Option<String> {
        let of = name(of);
        let mut wanted = of.as_str();
        // Names may lead to names; a circle ends.
        for _ in 0..8 {
            match self.names.targets.get(wanted) {
                Some(Target::Url(url)) => return Some(url.clone()),
                Some(Target::Place(id)) => return Some(format!("#{id}")),
                Some(Target::Name(other)) => wanted = other,
                None => return self.names.titles.get(wanted).map(|id| format!("#{id}")),
            }
        }
        None
    }

    /// Where the next nameless reference leads.
    pub fn anonymous(&mut self) -> Option<String> {
        let url = self.names.anonymous.get(self.used.0)?;
        self.used.0 += 1;
        let other = url.strip_suffix('_').and_then(|other| self.target(other.trim_matches('`')));
        other.or_else(|| Some(url.clone())).filter(|url| !url.is_empty())
    }

    /// The footnote that `[label]_` means: its number among all.
    pub fn footnote(&mut self, label: &str) -> Option<usize> {
        match label {
            "#" => {
                self.used.1 += 1;
                self.numbered.get(self.used.1 - 1).copied()
            }
            "*" => {
                self.used.2 += 1;
                self.signed.get(self.used.2 - 1).copied()
            }
            label => self.by_label.get(&name(label)).copied(),
        }
    }

    /// What a substitution stands for.
    pub fn substitute(&self, of: &str) -> Option<&Substitute> {
        self.names.substitutes.get(&name(of))
    }
}
