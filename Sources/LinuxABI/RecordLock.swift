/// struct flock of fcntl(2), as 64-bit programs have it.
package struct RecordLock: BitwiseCopyable, Sendable {
    /// F_RDLCK 0, F_WRLCK 1, F_UNLCK 2.
    package var type: Int16 = 0
    /// SEEK_SET 0, SEEK_CUR 1, SEEK_END 2.
    package var whence: Int16 = 0
    private var padding: Int32 = 0
    package var start: Int64 = 0
    /// 0 means up to the end of the file, however far that is.
    package var length: Int64 = 0
    /// −1 for a lock of an open file description.
    package var holder: Int32 = 0
    private var tail: Int32 = 0
    package init() {}
}
