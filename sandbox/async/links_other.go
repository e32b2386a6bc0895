//go:build !windows

package async

// linksDefault is what happens to symbolic links when nothing is said.
const linksDefault = copyLinks
