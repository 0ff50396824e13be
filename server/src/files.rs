//! Where the bytes of attachments are: a folder, or a bucket that speaks S3.
//!
//! A file is written whole and, in a folder, on disk before its row is; its row goes before it does. So a row always has its file,
//! and a file without a row is nobody's: `act::attachment::sweep` takes it away.

use std::path::{Path as Folder, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    Error as Failure, GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart, aws::AmazonS3Builder, local::LocalFileSystem,
    path::Path, prefix::PrefixStore,
};
use time::OffsetDateTime;
use tokio::io::AsyncReadExt;
use uuid::Uuid;

use crate::{
    config::Storage,
    error::{Error, Result},
};

/// Bytes read and written in one go. S3 takes no parts smaller than 5 MiB.
const PART: usize = 5 << 20;

/// The attachments' store; cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    folder: Option<PathBuf>,
}

/// A part of a file, or all of it.
pub struct Read {
    /// Its bytes.
    pub bytes: BoxStream<'static, Result<Bytes>>,
    /// The first of them.
    pub start: u64,
    /// How many there are.
    pub length: u64,
    /// How many the whole file has.
    pub size: u64,
}

impl Files {
    /// Opens the store of the settings; a folder is made where it is missing.
    ///
    /// # Errors
    /// In words for the operator, where it cannot be used.
    pub fn open(storage: &Storage) -> Result<Self> {
        let wrong = |error: &dyn std::fmt::Display| Error::start(format!("attachments {storage}: {error}"));
        match storage {
            Storage::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(|error| wrong(&error))?;
                let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| wrong(&error))?.with_fsync(true);
                Ok(Self { store: Arc::new(store), folder: Some(folder.clone()) })
            }
            Storage::S3 { bucket, prefix, endpoint, region, key } => {
                // Without keys the machine's own are taken: those of its environment or its role.
                let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
                if let Some(region) = region {
                    builder = builder.with_region(region);
                }
                if let Some(endpoint) = endpoint {
                    builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
                }
                if let Some((id, secret)) = key {
                    builder = builder.with_access_key_id(id).with_secret_access_key(secret);
                }
                let store = builder.build().map_err(|error| wrong(&error))?;
                Ok(Self { store: Arc::new(PrefixStore::new(store, prefix.as_str())), folder: None })
            }
        }
    }

    /// A store of another kind: for tests.
    pub fn of(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, folder: None }
    }

    /// A file without a name that takes what comes in until it is known to be good: gone with the process, however it ends.
    ///
    /// # Errors
    /// When there is no room.
    pub fn spool(&self) -> Result<tokio::fs::File> {
        let file = match &self.folder {
            Some(folder) => tempfile::tempfile_in(folder)?,
            None => tempfile::tempfile()?,
        };
        Ok(tokio::fs::File::from_std(file))
    }

    /// Keeps a file, read from where it stands to its end. When this returns, it is kept.
    ///
    /// # Errors
    /// When it cannot be kept: then nothing is.
    pub async fn put(&self, id: Uuid, file: &mut tokio::fs::File) -> Result<()> {
        let path = place(id);
        let first = part(file).await?;
        if first.len() < PART {
            self.store.put(&path, first.into()).await.map_err(failed)?;
            return Ok(());
        }
        let mut writer = WriteMultipart::new_with_chunk_size(self.store.put_multipart(&path).await.map_err(failed)?, PART);
        let mut next = first;
        while !next.is_empty() {
            // One part is sent while the next is read.
            let written = writer.wait_for_capacity(1).await;
            if let Err(error) = written {
                writer.abort().await.ok();
                return Err(failed(error));
            }
            writer.put(next);
            next = match part(file).await {
                Ok(next) => next,
                Err(error) => {
                    writer.abort().await.ok();
                    return Err(error);
                }
            };
        }
        writer.finish().await.map_err(failed)?;
        Ok(())
    }

    /// Reads a file, or a part of it; none where it is not there, or the part lies behind its end.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn get(&self, id: Uuid, range: Option<GetRange>) -> Result<Option<Read>> {
        let options = GetOptions { range, ..GetOptions::default() };
        let found = match self.store.get_opts(&place(id), options).await {
            Ok(found) => found,
            Err(Failure::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let (start, length, size) = (found.range.start, found.range.end - found.range.start, found.meta.size);
        Ok(Some(Read { bytes: found.into_stream().map_err(failed).boxed(), start, length, size }))
    }

    /// How many bytes a file has; none where it is not there.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn size(&self, id: Uuid) -> Result<Option<u64>> {
        match self.store.head(&place(id)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(Failure::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Takes a file away; that it is gone already is as good.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn delete(&self, id: Uuid) -> Result<()> {
        match self.store.delete(&place(id)).await {
            Ok(()) | Err(Failure::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// The files that were written before `before`, with their sizes.
    pub fn older(&self, before: OffsetDateTime) -> BoxStream<'static, Result<(Uuid, u64)>> {
        let before = before.unix_timestamp();
        self.store
            .list(None)
            .map_err(failed)
            .try_filter_map(move |meta| async move {
                let id = meta.location.filename().and_then(|name| Uuid::try_parse(name).ok());
                Ok(id.filter(|_| meta.last_modified.timestamp() < before).map(|id| (id, meta.size)))
            })
            .boxed()
    }

    /// Takes away what a server that was killed while it wrote a file left in the folder: pieces that are no file yet. Gives how many.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn clear_pieces(&self, before: OffsetDateTime) -> Result<usize> {
        let Some(folder) = self.folder.clone() else { return Ok(0) };
        let before = std::time::SystemTime::from(before);
        tokio::task::spawn_blocking(move || pieces(&folder, before)).await?
    }
}

fn pieces(folder: &Folder, before: std::time::SystemTime) -> Result<usize> {
    let mut gone = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            gone += pieces(&entry.path(), before)?;
        } else if entry.file_name().to_string_lossy().contains('#') && entry.metadata()?.modified()? < before {
            std::fs::remove_file(entry.path())?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// Where a file is: by the end of its id, which is random, so that no folder grows too large.
fn place(id: Uuid) -> Path {
    let name = id.simple().to_string();
    Path::from_iter([&name[30..], &name])
}

/// The next part; a short one is the last, an empty one none.
async fn part(file: &mut tokio::fs::File) -> Result<Bytes> {
    let mut bytes = Vec::new();
    file.take(PART as u64).read_to_end(&mut bytes).await?;
    Ok(bytes.into())
}

#[track_caller]
/// A bucket that does not answer is no fault of ours; a folder that cannot be written is.
fn failed(error: Failure) -> Error {
    match error {
        Failure::Generic { store: "S3", .. } => Error::unavailable(error),
        error => Error::from(std::io::Error::other(error)),
    }
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;
    use tokio::io::{AsyncSeekExt, AsyncWriteExt};

    use super::*;
    use crate::clock;

    async fn keeps_and_gives_back(files: &Files) {
        for size in [1, 4096, PART, PART + 1, 3 * PART + 17] {
            let (id, text) = (clock::new_id(), vec![b'x'; size]);
            let mut file = files.spool().unwrap();
            file.write_all(&text).await.unwrap();
            file.rewind().await.unwrap();
            files.put(id, &mut file).await.unwrap();
            assert_eq!(files.size(id).await.unwrap(), Some(size as u64));
            let read = files.get(id, None).await.unwrap().expect("it is there");
            assert_eq!((read.start, read.length, read.size), (0, size as u64, size as u64));
            let whole: Vec<Bytes> = read.bytes.try_collect().await.unwrap();
            assert_eq!(whole.concat(), text);
            let end = files.get(id, Some(GetRange::Suffix(1))).await.unwrap().expect("it has an end");
            assert_eq!((end.start, end.length), (size as u64 - 1, 1));
            let later = clock::Clock::default().now() + time::Duration::HOUR;
            let listed: Vec<_> = files.older(later).try_collect().await.unwrap();
            assert_eq!(listed, [(id, size as u64)]);
            let before: Vec<_> = files.older(later - time::Duration::DAY).try_collect().await.unwrap();
            assert!(before.is_empty());
            files.delete(id).await.unwrap();
            files.delete(id).await.unwrap();
            assert!(files.get(id, None).await.unwrap().is_none() && files.size(id).await.unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn a_folder_keeps_files_of_any_size() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(&Storage::Folder(folder.path().join("deep/attachments"))).unwrap();
        keeps_and_gives_back(&files).await;
    }

    #[tokio::test]
    async fn a_store_that_is_no_folder_keeps_files_in_parts() {
        keeps_and_gives_back(&Files::of(Arc::new(PrefixStore::new(InMemory::new(), "some/where")))).await;
    }

    #[tokio::test]
    async fn pieces_of_a_killed_server_are_taken_away_when_they_are_old() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(&Storage::Folder(folder.path().to_owned())).unwrap();
        std::fs::create_dir(folder.path().join("ab")).unwrap();
        std::fs::write(folder.path().join("ab/00ab#1"), "half").unwrap();
        let now = clock::Clock::default().now();
        assert_eq!(files.clear_pieces(now - time::Duration::DAY).await.unwrap(), 0);
        assert_eq!(files.clear_pieces(now + time::Duration::DAY).await.unwrap(), 1);
    }

    #[test]
    fn a_bucket_that_does_not_answer_is_no_fault_of_the_servers() {
        let of = |store| failed(Failure::Generic { store, source: "connection refused".into() }).kind();
        assert_eq!(of("S3"), crate::error::Kind::Unavailable);
        assert_eq!(of("LocalFileSystem"), crate::error::Kind::Internal);
    }

    #[test]
    fn a_bucket_needs_no_network_to_be_opened() {
        let storage: Storage = "s3://bucket/pre/fix".parse::<Storage>().unwrap();
        assert!(Files::open(&storage).is_ok());
        assert_eq!(storage.to_string(), "s3://bucket/pre/fix");
    }
}
