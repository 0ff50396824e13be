//! Where attachments are kept, and what is taken.

use std::{fmt, path::PathBuf, str::FromStr};

use clap::Args;

use crate::{
    error::{Error, Result},
    ingest::media::SORTS,
};

/// Where attachments are: shared by every command.
#[derive(Args, Clone, Debug, Default)]
pub struct FilesArgs {
    /// Where attachments are: a folder, or s3://BUCKET/PREFIX [default: attachments, beside the SQLite file, else in ./data]
    #[arg(long, env = "DELTABOARD_ATTACHMENTS", value_name = "PLACE")]
    pub attachments: Option<String>,
    /// Largest attachment, in MB [default: 20]
    #[arg(long, env = "DELTABOARD_ATTACHMENT_SIZE", value_name = "MB")]
    pub attachment_size: Option<i64>,
    /// Largest sum of a delta's or task's attachments, in MB [default: 200]
    #[arg(long, env = "DELTABOARD_ATTACHMENT_TOTAL", value_name = "MB")]
    pub attachment_total: Option<i64>,
    /// Sorts of attachments that are not taken: image, text, document, archive, program, other [default: program]
    #[arg(long, env = "DELTABOARD_ATTACHMENT_REFUSE", value_name = "SORTS", value_delimiter = ',')]
    pub attachment_refuse: Option<Vec<String>>,
    /// The address of an S3 that is not Amazon's
    #[arg(long, env = "DELTABOARD_S3_ENDPOINT", value_name = "URL")]
    pub s3_endpoint: Option<String>,
    /// Its region
    #[arg(long, env = "DELTABOARD_S3_REGION", value_name = "NAME")]
    pub s3_region: Option<String>,
    /// The key to it; without one the machine's own is taken, from AWS_… or its role
    #[arg(long, env = "DELTABOARD_S3_ACCESS_KEY_ID", value_name = "ID", hide_env_values = true)]
    pub s3_access_key_id: Option<String>,
    /// The key's secret
    #[arg(long, env = "DELTABOARD_S3_SECRET_ACCESS_KEY", value_name = "SECRET", hide_env_values = true)]
    pub s3_secret_access_key: Option<String>,
}

/// What is taken, and where it goes.
#[derive(Clone, Debug)]
pub struct FilesConfig {
    /// Where.
    pub storage: Storage,
    /// Largest file, in bytes.
    pub size: i64,
    /// Largest sum of the files of a delta or task, in bytes.
    pub total: i64,
    /// Sorts that are not taken.
    pub refuse: Vec<String>,
}

/// Where files are.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the flags say what each is")]
pub enum Storage {
    /// In a folder: on a machine, or shared by all.
    Folder(PathBuf),
    /// In a bucket.
    S3 { bucket: String, prefix: String, endpoint: Option<String>, region: Option<String>, key: Option<(String, String)> },
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::S3 { bucket, prefix, .. } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

/// Without the key.
impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Storage {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        match text.split_once("://") {
            None => Ok(Self::Folder(text.into())),
            Some(("s3", rest)) => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if bucket.is_empty() {
                    return Err(Error::start(format!("attachments {text}: names no bucket")));
                }
                Ok(Self::S3 { bucket: bucket.into(), prefix: prefix.trim_matches('/').into(), endpoint: None, region: None, key: None })
            }
            Some(_) => Err(Error::start(format!("attachments {text}: must be a folder or s3://BUCKET/PREFIX"))),
        }
    }
}

impl FilesArgs {
    /// The settings in force: these over those of the file.
    ///
    /// # Errors
    /// When a value is none.
    pub(super) fn load(&self, file: Self, database_url: &str) -> Result<FilesConfig> {
        let place = self.attachments.clone().or(file.attachments).unwrap_or_else(|| beside(database_url));
        let mut storage: Storage = place.parse()?;
        let id = self.s3_access_key_id.clone().or(file.s3_access_key_id);
        let secret = self.s3_secret_access_key.clone().or(file.s3_secret_access_key);
        if id.is_some() != secret.is_some() {
            return Err(Error::start("s3_access_key_id and s3_secret_access_key: one without the other".to_owned()));
        }
        if let Storage::S3 { endpoint, region, key, .. } = &mut storage {
            *endpoint = self.s3_endpoint.clone().or(file.s3_endpoint);
            *region = self.s3_region.clone().or(file.s3_region);
            *key = id.zip(secret);
        }
        let size = self.attachment_size.or(file.attachment_size).unwrap_or(20);
        let total = self.attachment_total.or(file.attachment_total).unwrap_or(200);
        if !(1..=2000).contains(&size) || !(size..=1_000_000).contains(&total) {
            return Err(Error::start(format!(
                "attachment_size {size}, attachment_total {total}: must be 1 to 2000, and that to 1000000 MB"
            )));
        }
        let refuse = self.attachment_refuse.clone().or(file.attachment_refuse).unwrap_or_else(|| vec!["program".to_owned()]);
        let refuse: Vec<String> = refuse.into_iter().map(|sort| sort.trim().to_owned()).filter(|sort| !sort.is_empty()).collect();
        if let Some(sort) = refuse.iter().find(|sort| !SORTS.contains(&sort.as_str())) {
            return Err(Error::start(format!("attachment_refuse {sort}: must be some of {}", SORTS.join(", "))));
        }
        Ok(FilesConfig { storage, size: size * 1_000_000, total: total * 1_000_000, refuse })
    }
}

/// The folder beside the database's file; in `data` where it is on another machine.
fn beside(database_url: &str) -> String {
    let path = database_url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//").split('?').next().unwrap_or_default());
    let folder = path.and_then(|path| std::path::Path::new(path).parent());
    folder.map_or_else(|| "data/attachments".to_owned(), |folder| folder.join("attachments").to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(args: FilesArgs) -> Result<FilesConfig> {
        args.load(FilesArgs::default(), "sqlite:/srv/delta/deltaboard.db?mode=rwc")
    }

    #[test]
    fn attachments_are_beside_the_database_unless_they_are_elsewhere() {
        assert_eq!(load(FilesArgs::default()).unwrap().storage.to_string(), "/srv/delta/attachments");
        assert_eq!(beside("postgres://a/b"), "data/attachments");
        assert_eq!(beside("sqlite:data/x.db"), "data/attachments");
        let args = FilesArgs {
            attachments: Some("s3://files/delta/".into()),
            s3_access_key_id: Some("id".into()),
            s3_secret_access_key: Some("hush".into()),
            ..FilesArgs::default()
        };
        let storage = load(args).unwrap().storage;
        assert_eq!(storage.to_string(), "s3://files/delta");
        assert!(!format!("{storage:?}").contains("hush"));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let args = |place: &str| FilesArgs { attachments: Some(place.into()), ..FilesArgs::default() };
        assert!(load(args("ftp://x")).is_err() && load(args("s3://")).is_err());
        assert!(load(FilesArgs { attachment_size: Some(0), ..FilesArgs::default() }).is_err());
        assert!(load(FilesArgs { attachment_size: Some(50), attachment_total: Some(10), ..FilesArgs::default() }).is_err());
        assert!(load(FilesArgs { attachment_refuse: Some(vec!["pictures".into()]), ..FilesArgs::default() }).is_err());
        assert!(load(FilesArgs { s3_access_key_id: Some("id".into()), ..FilesArgs::default() }).is_err());
    }
}
