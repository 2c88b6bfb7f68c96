#pragma once

#include "app/session/opened_capture.h"
#include "core/capture/chain.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

namespace heedmap {

/// Two captures that share a text, as the window shows them: what was heard, and what was asked.
struct OpenedChain
{
    std::shared_ptr<const Capture> speech;
    std::shared_ptr<const Recording> recording; ///< of the speech; null when none is embedded
    OpenedCapture asked;
    std::shared_ptr<const Chain> chain; ///< as its file says; null: the window chooses texts and maps
    QString warning;                    ///< as OpenedCapture
    QString note;                       ///< what the window does not show of it; usually empty
};

/// Opens a .heedchain and both of its captures; the asked one with the map the chain goes through in sight. Any thread;
/// slow. Errors: those of readChain and openChain.
OpenedChain readChainFile(const QString& path);
/// Opens a capture that shares a text with `shown`; the one that has sound was heard, the other asked. Any thread;
/// slow. Errors: as Capture::open; InvalidRequest with the reason when the two cannot be joined.
OpenedChain joinedWith(const std::shared_ptr<const Capture>& shown, const QString& path);

/// Where an end of a chain is kept, as far as somebody knows, and how a new file of it would be called.
struct ChainEndFile
{
    QStringList known; ///< files; those that hold another capture (by now) do not count
    QString name;      ///< "heard": NAME.heard.heed beside NAME.heedchain
};

/// What was written, beside the chain itself.
struct SavedChain
{
    QString path;
    QStringList captures;      ///< where those of A and B are
    QStringList writtenBeside; ///< those of them that were written for this
};

/// Writes a chain, and beside it those of its captures that are in no known file: never over another capture. `path`
/// holds its old content or all of the new one; where something fails, no capture written for it stays. Any thread;
/// slow. Errors: Io (disk full said as such, permissions), InvalidFile (a capture was cut short).
SavedChain saveChainAs(const Chain& chain, const QString& path, const ChainEndFile& a, const ChainEndFile& b);

} // namespace heedmap
