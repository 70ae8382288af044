; The installer for Windows, for Inno Setup 6. Not built here: see .github/workflows/windows.yml.
;
;     ISCC.exe /DVersion=0.1.0 packaging\windows\filewharf.iss

[Setup]
AppId=io.github.filewharf.Filewharf
AppName=Filewharf
AppVersion={#Version}
AppPublisher=Filewharf contributors
LicenseFile=..\..\LICENSE
DefaultDirName={autopf}\Filewharf
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
OutputDir=..\..\dist
OutputBaseFilename=filewharf-{#Version}-setup
SetupIconFile=..\..\build\filewharf.ico
UninstallDisplayIcon={app}\filewharf-window.exe
Compression=lzma2
SolidCompression=yes

[Files]
Source: "..\..\build\frozen\filewharf\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{autoprograms}\Filewharf"; Filename: "{app}\filewharf-window.exe"

[Registry]
Root: HKA; Subkey: "Software\Classes\filewharf"; ValueType: string; ValueData: "URL:Filewharf"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\filewharf"; ValueName: "URL Protocol"; ValueType: string
Root: HKA; Subkey: "Software\Classes\filewharf\shell\open\command"; ValueType: string; ValueData: """{app}\filewharf-window.exe"" ""%1"""

[Run]
Filename: "{app}\filewharf-window.exe"; Description: "Start Filewharf"; Flags: postinstall nowait skipifsilent
