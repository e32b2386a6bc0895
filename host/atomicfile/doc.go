// Package atomicfile writes the files that hold a user's settings and state: a
// reader finds the old content or the new one, never a part.
package atomicfile
