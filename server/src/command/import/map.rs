//! Who and what of a tracker is called how here.

use std::{collections::HashMap, path::Path};

use serde::Deserialize;

use crate::error::{Error, Result};

/// A file of names: there on the left, here on the right.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Map {
    /// Projects.
    pub projects: HashMap<String, String>,
    /// Organisations, by the people, teams and projects that are theirs.
    pub orgs: HashMap<String, String>,
    /// People who are here.
    pub people: HashMap<String, String>,
    /// Labels; one that becomes an empty text goes.
    pub labels: HashMap<String, String>,
}

/// Reads a map.
///
/// # Errors
/// When the file cannot be read or is no such map: with the line at fault.
pub fn read(path: &Path) -> Result<Map> {
    let fail = |error: &dyn std::fmt::Display| Error::start(format!("--map {}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| fail(&error))?;
    toml::from_str(&text).map_err(|error| fail(&error))
}

/// Reads `TEAM=ORG`, separated by commas or line ends; a text without `=` is a file of them.
///
/// # Errors
/// When the file cannot be read, or a pair is none.
pub fn orgs(text: &str) -> Result<HashMap<String, String>> {
    let from_file = match text.contains('=') {
        true => None,
        false => Some(std::fs::read_to_string(text).map_err(|error| Error::start(format!("--org-map {text}: {error}")))?),
    };
    let pairs =
        from_file.as_deref().unwrap_or(text).split([',', '\n']).map(str::trim).filter(|pair| !pair.is_empty() && !pair.starts_with('#'));
    pairs
        .map(|pair| {
            let (team, org) = pair.split_once('=').ok_or_else(|| Error::start(format!("--org-map: {pair} is not TEAM=ORG")))?;
            Ok((team.trim().trim_start_matches('~').to_owned(), org.trim().to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_names_teams_and_organisations() {
        let map = orgs("~northwind-devs=nw, nova = basalt").unwrap();
        assert_eq!((map["northwind-devs"].as_str(), map["nova"].as_str()), ("nw", "basalt"));
        assert!(orgs("/no/such/file").is_err());
        assert!(orgs("a=b,c").is_err());
    }

    #[test]
    fn a_file_names_projects_people_and_labels_and_a_wrong_one_says_where() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map.toml");
        std::fs::write(&path, "[projects]\n\"openstack/nova\" = \"nova\"\n[labels]\nspam = \"\"\n").unwrap();
        let map = read(&path).unwrap();
        assert_eq!((map.projects["openstack/nova"].as_str(), map.labels["spam"].as_str()), ("nova", ""));
        std::fs::write(&path, "[projects]\nnova = 3\n").unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("line 2"));
        std::fs::write(&path, "[project]\nnova = \"n\"\n").unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("unknown field"));
    }
}
