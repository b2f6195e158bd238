/// The descriptions of `.text` files, which hold the text that their opener reads.
package protocol PlatformTextFiles: AnyObject {
    /// Shows the present text of a `.text` file to who reads it again from its beginning.
    func rewriteText(of file: OpenFile)
    /// The position of the description of a `.text` file, or of one that the sentry keeps.
    func textPosition(of file: OpenFile) -> Int64
    /// Moves that position, as a write does.
    func setTextPosition(of file: OpenFile, _ position: Int64)
}
