package sftp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path"
	"strconv"
	"time"
	"unicode/utf8"
)

const (
	partialSuffix = ".partial"
	// infoSuffix is that of the file beside a partial one that says whose part it is.
	infoSuffix = ".partial.info"
	// maxName is the longest name of a file, in bytes.
	maxName = 255
	// resumable is from which size on a file is resumed; a smaller one is sent anew,
	// which saves it the info.
	resumable = 1 << 20
)

// partialNames are where a file grows, and the info about it. They depend on the
// target alone, so that a later job finds them.
func partialNames(target string) (partial, info string) {
	folder, name := path.Split(target)
	if len(name)+len(infoSuffix) > maxName {
		sum := sha256.Sum256([]byte(name))
		mark := "~" + hex.EncodeToString(sum[:8])
		cut := maxName - len(infoSuffix) - len(mark)
		for cut > 0 && !utf8.RuneStart(name[cut]) {
			cut--
		}
		name = name[:cut] + mark
	}
	return folder + name + partialSuffix, folder + name + infoSuffix
}

// sourceInfo is whose part a partial file is.
type sourceInfo struct {
	Size     int64 `json:"size"`
	Modified int64 `json:"modified"`
}

func (e *entry) info() sourceInfo { return sourceInfo{e.size, e.modified} }

func (i sourceInfo) text() []byte {
	text, _ := json.Marshal(i)
	return text
}

// isOf tells whether text is the info of this very source.
func (i sourceInfo) isOf(text []byte) bool {
	var read sourceInfo
	return json.Unmarshal(text, &read) == nil && read == i
}

// resumeAt returns how much of a file the destination already has.
func (m *mover) resumeAt(l *line, e *entry, partial, info string) (int64, error) {
	if m.spec.resume == resumeNone || e.size < resumable || m.spec.discard {
		return 0, nil
	}
	part, there, err := m.targets.existing(partial, false)
	if err != nil || !there || part.kind != 0 || part.size == 0 || part.size > e.size {
		return 0, err
	}
	if m.spec.resume != resumeFull {
		text, err := m.readInfo(l, info)
		if err != nil || !e.info().isOf(text) {
			return 0, err
		}
	}
	at := part.size
	if !l.ordered && at < e.size {
		// Its last requests may have been served in any order.
		at = max(0, at-window*int64(l.session.WriteChunk()))
	}
	same, err := m.same(l, e, partial, at)
	if err != nil || !same {
		return 0, err
	}
	return at, nil
}

// savedName is that of ascp for the copy of a file that is replaced.
func (m *mover) savedName(target string) string {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.saved++
	extension := path.Ext(target)
	stem := target[:len(target)-len(extension)]
	return stem + time.Now().Format(".2006.01.02.15.04.05.") + strconv.Itoa(m.saved) + extension
}
