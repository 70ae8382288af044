# The Homebrew cask. Not published: version and hashes are filled in at a release.
cask "filewharf" do
  arch arm: "arm64", intel: "x86_64"

  version "0.1.0"
  sha256 :no_check

  url "https://github.com/filewharf/filewharf/releases/download/v#{version}/filewharf-macos-#{arch}.dmg"
  name "Filewharf"
  desc "File manager for the OpenAI Files API and compatible servers"
  homepage "https://github.com/filewharf/filewharf"

  app "Filewharf.app"
  binary "#{appdir}/Filewharf.app/Contents/MacOS/filewharf"

  zap trash: [
    "~/Library/Application Support/filewharf",
    "~/Library/Caches/filewharf",
    "~/Library/Logs/filewharf",
  ]
end
