//! What a bug task is filed against, and the project it becomes.

use crate::ingest::tracker::place_slug;

/// A bug task's target as one of our projects.
///
/// | Launchpad | project | component | series |
/// |---|---|---|---|
/// | `nova` (project) | `nova` | | |
/// | `nova/juno` (series of a project) | `nova` | | `juno` |
/// | `ubuntu` (distribution) | `ubuntu` | | |
/// | `ubuntu/+source/nova` (source package) | `ubuntu` | `nova` | |
/// | `ubuntu/trusty/+source/nova` (package in a series) | `ubuntu` | `nova` | `trusty` |
///
/// A source package belongs to the distribution's own people: it is a component of the distribution, not the upstream project.
/// Slugs are lower case; what is not a letter, digit or hyphen becomes a hyphen (`gtk+2.0` is `gtk-2-0`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// The project's slug.
    pub project: String,
    /// The component's slug.
    pub component: Option<String>,
    /// The series, as Launchpad names it.
    pub series: Option<String>,
}

impl Target {
    /// Reads a `target_link` (`https://api.launchpad.net/1.0/ubuntu/+source/nova`).
    pub fn of_link(link: &str) -> Option<Target> {
        let path = link.split_once("://").map_or(link, |(_, rest)| rest);
        let mut parts = path.split('/').filter(|part| !part.is_empty()).skip(1);
        // The service's version.
        parts.next().filter(|version| *version == "devel" || *version == "beta" || version.starts_with(|c: char| c.is_ascii_digit()))?;
        Target::of_path(parts.map_while(|part| if part == "+bug" { None } else { Some(part) }))
    }

    /// Reads a `bug_target_name`: `nova`, `nova/juno`, `nova (Ubuntu)` or `nova (Ubuntu Trusty)`.
    pub fn of_name(name: &str) -> Option<Target> {
        let Some((package, place)) = name.trim().strip_suffix(')').and_then(|name| name.split_once(" (")) else {
            return Target::of_path(name.trim().split('/').filter(|part| !part.is_empty()));
        };
        let (distribution, series) = place.split_once(' ').map_or((place, None), |(distribution, series)| (distribution, Some(series)));
        Some(Target { project: place_slug(distribution)?, component: Some(place_slug(package)?), series: series.map(str::to_lowercase) })
    }

    fn of_path<'a>(mut parts: impl Iterator<Item = &'a str>) -> Option<Target> {
        let project = place_slug(parts.next()?)?;
        let mut target = Target { project, component: None, series: None };
        while let Some(part) = parts.next() {
            match part {
                "+source" => target.component = Some(place_slug(parts.next()?)?),
                series if target.series.is_none() && !series.starts_with('+') => target.series = Some(series.to_owned()),
                _ => return None,
            }
        }
        Some(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(project: &str, component: &str, series: &str) -> Option<Target> {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Some(Target { project: project.to_owned(), component: some(component), series: some(series) })
    }

    #[test]
    fn links_name_projects_series_and_packages() {
        let base = "https://api.launchpad.net/1.0/";
        let cases = [
            ("nova", target("nova", "", "")),
            ("nova/juno", target("nova", "", "juno")),
            ("ubuntu/+source/nova", target("ubuntu", "nova", "")),
            ("ubuntu/trusty/+source/gtk+2.0", target("ubuntu", "gtk-2-0", "trusty")),
            ("", None),
            ("nova/+milestone/1", None),
        ];
        for (path, want) in cases {
            assert_eq!(Target::of_link(&format!("{base}{path}")), want, "{path}");
        }
        assert_eq!(Target::of_link("/"), None);
    }

    #[test]
    fn names_say_the_same_as_links() {
        assert_eq!(Target::of_name("nova/juno"), target("nova", "", "juno"));
        assert_eq!(Target::of_name("nova (Ubuntu)"), target("ubuntu", "nova", ""));
        assert_eq!(Target::of_name("nova (Ubuntu Trusty)"), target("ubuntu", "nova", "trusty"));
        assert_eq!(Target::of_name(" "), None);
    }
}
