package service_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/service"
)

func everybody(string) bool { return true }
func nobody(string) bool    { return false }

func open(t testing.TB, folder string) *service.Store {
	t.Helper()
	s, err := service.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

const watchd = `{"id":"w","type":"WATCHD","run_as":{"user":"u","pass":"geheim"},"enabled":true,"large":12345678901234567890}`

func TestAnItemLivesOverARestartWithoutItsSecrets(t *testing.T) {
	folder := t.TempDir()
	first := open(t, folder)
	made, err := first.Create(service.RunDaemon, "ak1", json.RawMessage(watchd))
	if err != nil || made.ID != "w" {
		t.Fatalf("created %+v, %v", made, err)
	}
	if _, err := first.Create(service.RunDaemon, "ak1", json.RawMessage(watchd)); !errors.Is(err, service.ErrExists) {
		t.Errorf("the same id again: %v", err)
	}
	first.Close()
	second := open(t, folder)
	found := second.List(service.RunDaemon, everybody)
	if len(found) != 1 || strings.Contains(string(found[0].Body), "geheim") || !strings.Contains(string(found[0].Body), "12345678901234567890") {
		t.Fatalf("after the restart: %+v", found)
	}
	if err := second.Modify(service.RunDaemon, "w", everybody, json.RawMessage(`{"type":"WATCHFOLDERD","run_as":{"user":"v"}}`)); err != nil {
		t.Fatal(err)
	}
	if item, err := second.Get(service.RunDaemon, "w", everybody); err != nil || item.Changes != 1 || !strings.Contains(string(item.Body), "WATCHFOLDERD") {
		t.Errorf("modified: %+v, %v", item, err)
	}
	if err := second.Delete(service.RunDaemon, "w", everybody); err != nil {
		t.Fatal(err)
	}
	if err := second.Delete(service.RunDaemon, "w", everybody); !errors.Is(err, service.ErrUnknown) {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestAStrangerSeesNothing(t *testing.T) {
	s := open(t, t.TempDir())
	if _, err := s.Create(service.RunDaemon, "ak1", json.RawMessage(watchd)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(service.RunDaemon, "w", nobody); !errors.Is(err, service.ErrUnknown) {
		t.Errorf("get: %v", err)
	}
	if err := s.Delete(service.RunDaemon, "w", nobody); !errors.Is(err, service.ErrUnknown) {
		t.Errorf("delete: %v", err)
	}
	if found := s.List(service.RunDaemon, nobody); len(found) != 0 {
		t.Errorf("list: %+v", found)
	}
}

func TestABodyThatIsWrongIsRefused(t *testing.T) {
	s := open(t, t.TempDir())
	tests := map[string]struct {
		kind service.Kind
		body string
	}{
		"no JSON":            {service.RunDaemon, `{`},
		"list":               {service.RunDaemon, `[]`},
		"null":               {service.RunDaemon, `null`},
		"unknown type":       {service.RunDaemon, `{"type":"X","run_as":{"user":"u"}}`},
		"no user":            {service.RunDaemon, `{"type":"WATCHD"}`},
		"id with a slash":    {service.RunDaemon, `{"id":"a/b","type":"WATCHD","run_as":{"user":"u"}}`},
		"id is a number":     {service.RunDaemon, `{"id":5,"type":"WATCHD","run_as":{"user":"u"}}`},
		"old format":         {service.WatchFolder, `{"source_dir":"/a","target_dir":"/b"}`},
		"source without end": {service.WatchFolder, `{"source":{"path":"/a"}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if made, err := s.Create(test.kind, "ak1", json.RawMessage(test.body)); !errors.Is(err, service.ErrInvalid) {
				t.Errorf("created %+v, %v", made, err)
			}
		})
	}
}

func FuzzCreate(f *testing.F) {
	f.Add(watchd)
	f.Add(`{"source":{"path":"/a","location":{"authentication":{"pass":"p"}}},"target":{"path":"/b"}}`)
	s := open(f, f.TempDir())
	f.Fuzz(func(t *testing.T, body string) {
		for _, kind := range []service.Kind{service.RunDaemon, service.WatchFolder} {
			made, err := s.Create(kind, "ak1", json.RawMessage(body))
			if err != nil {
				continue
			}
			if made.ID == "" || !json.Valid(made.Body) || strings.Contains(string(made.Body), `"pass":`) {
				t.Errorf("created %+v", made)
			}
			if err := s.Delete(kind, made.ID, everybody); err != nil {
				t.Error(err)
			}
		}
	})
}
