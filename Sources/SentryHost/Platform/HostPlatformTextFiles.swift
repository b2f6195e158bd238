import CHostLinux
import Glibc
import Kernel

// The texts that open /proc files show.
extension HostPlatform {
    /// Writes the current text into memory files that could show a change.
    func refreshTexts() {
        guard let kernel, !texts.isEmpty else { return }
        texts.refresh(generation: kernel.generation)
    }

    func rewriteText(of file: OpenFile) { texts.refresh(file) }
    func textPosition(of file: OpenFile) -> Int64 {
        if case .owned(let host) = file.backing { return Int64(lseek(host.descriptor, 0, SEEK_CUR)) }
        return texts.position(of: file)
    }
    func setTextPosition(of file: OpenFile, _ position: Int64) {
        if case .owned(let host) = file.backing {
            _ = lseek(host.descriptor, off_t(position), SEEK_SET)
        } else {
            texts.setPosition(of: file, position)
        }
    }
}
