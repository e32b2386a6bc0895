package syncinfo

import (
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

func parse(t *testing.T, text string) *record.Object {
	t.Helper()
	o, err := record.ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestOnly completes a description by arguments.
func TestOnly(t *testing.T) {
	for _, tt := range []struct{ name, info, want, err string }{
		{"nothing", `{}`, `{"direction":"push","remote":{"path":"/r"},"local":{"path":"/l"},"name":"n"}`, ""},
		{"conf", `{"reset":true,"remote":{"host":"h"}}`, `{"reset":true,"remote":{"host":"h","path":"/r"},"direction":"push","local":{"path":"/l"},"name":"n"}`, ""},
		{"args", `{"sessions":[{"reset":true}]}`, `{"sessions":[{"reset":true,"direction":"push","remote_dir":"/r","local_dir":"/l","name":"n"}]}`, ""},
		{"args without session", `{"instance":{"quiet":true}}`,
			`{"instance":{"quiet":true},"sessions":[{"direction":"push","remote_dir":"/r","local_dir":"/l","name":"n"}]}`, ""},
		{"two sessions", `{"sessions":[{},{}]}`, "", "Only one session is supported"},
		{"both forms", `{"sessions":[{}],"name":"n"}`, "", "Only 'sessions', and optionally 'instance' keys are allowed"},
		{"session that is none", `{"sessions":[1]}`, "", "sessions: expecting a Hash, got Integer"},
		{"sessions that are none", `{"sessions":"x"}`, "", "sessions: expecting an Array, got String"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			info := parse(t, tt.info)
			s, err := Only(info)
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("error is %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			s.Set(Direction, "push")
			s.Set(RemotePath, "/r")
			s.Set(LocalPath, "/l")
			s.Set(Name, "n")
			if got := string(record.JSON(info)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestSessions(t *testing.T) {
	for _, tt := range []struct {
		name, info string
		count      int
		err        string
	}{
		{"conf", `{"local":{"path":"/l"},"remote":{"path":"/r"}}`, 1, ""},
		{"args", `{"sessions":[{"name":"a","local_dir":"/l","remote_dir":"/r"},{"name":"b","local_dir":"/l","remote_dir":"/r"}]}`, 2, ""},
		{"local decides", `{"local":{"path":"/l"},"remote":{"path":"/r"},"sessions":[{}]}`, 1, ""},
		{"neither", `{"name":"x"}`, 0, "At least one of `local` or `sessions` must be present in async parameters"},
		{"local that is none", `{"local":"/l","remote":{"path":"/r"}}`, 1, "local: expecting a Hash, got String"},
		{"no remote", `{"local":{"path":"/l"}}`, 1, "remote: expecting a Hash, got NilClass"},
		{"no remote path", `{"local":{"path":"/l"},"remote":{"host":"h"}}`, 1, "remote.path: expecting a String, got NilClass"},
		{"no name", `{"sessions":[{"local_dir":"/l","remote_dir":"/r"}]}`, 1, "session must contain at least name"},
		{"no local folder", `{"sessions":[{"name":"a","remote_dir":"/r"}]}`, 1, "local_dir: expecting a String, got NilClass"},
		{"remote folder that is none", `{"sessions":[{"name":"a","local_dir":"/l","remote_dir":5}]}`, 1, "remote_dir: expecting a String, got Integer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sessions, err := Sessions(parse(t, tt.info))
			message := ""
			if err != nil {
				message = err.Error()
			}
			if message != tt.err || len(sessions) != tt.count {
				t.Errorf("%d sessions, error is %v", len(sessions), err)
			}
		})
	}
}

func TestRefuse(t *testing.T) {
	for _, tt := range []struct{ info, err string }{
		{`{"reset":true}`, ""},
		{`{"direction":"push"}`, "direction shall not be in sync_info"},
		{`{"local":{"path":"x"}}`, "Parameter local.path shall not be in sync_info"},
		{`{"remote":{"path":"x"}}`, "Parameter remote.path shall not be in sync_info"},
		{`{"sessions":[{"local_dir":"x"}]}`, "Parameter local_dir shall not be in sync_info"},
		{`{"sessions":[{"remote_dir":"x"}]}`, "Parameter remote_dir shall not be in sync_info"},
	} {
		s, err := Only(parse(t, tt.info))
		if err != nil {
			t.Fatal(err)
		}
		message := ""
		if err := s.Refuse(Direction, LocalPath, RemotePath); err != nil {
			message = err.Error()
		}
		if message != tt.err {
			t.Errorf("%s: %s", tt.info, message)
		}
	}
}

func TestInstance(t *testing.T) {
	for info, want := range map[string]string{`{}`: `{}`, `{"instance":{"quiet":true}}`: `{"quiet":true}`} {
		if got, err := Instance(parse(t, info)); err != nil || string(record.JSON(got)) != want {
			t.Errorf("%s: %s, %v", info, record.JSON(got), err)
		}
	}
	if _, err := Instance(parse(t, `{"instance":[]}`)); err == nil {
		t.Error("an array was taken")
	}
}

func TestNames(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{ArgumentsName("push", "/loc/al", "/rem/ote"), "push_local_remote"},
		{ArgumentsName("pull", "/", "/d-é a"), "pull_da"},
		{FoldersName("push", "/loc/a l/é", "/rem/ote"), "push_a_l_rem_ote"},
		{FoldersName("push", "/loc/al", "/"), "push_loc_al"},
		{FoldersName("pull", ".", "/a/b/c-d"), "pull_b_c-d"},
		{FoldersName("bidi", `C:\data\x`, "/r"), "bidi_data_x_r"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}
