// Chains: two captures that share a text, opened, put together and saved.

#include "app/session/chain_file.h"
#include "app/session/session.h"
#include "widgets/context/background.h"

#include <QDir>
#include <QFileInfo>

namespace heedmap {

void Session::openChain(const QString& path)
{
    const int id = ++m_openId; // a picture or recording still being decoded is older than this wish
    ++m_recordingId;
    runInBackground(
        this, [path] { return readChainFile(path); },
        [this, id, path](const OpenedChain& opened) {
            if (id != m_openId)
                return;
            emit fileOpened(path);
            cancelRun();
            Document after = withOpened(opened.asked);
            after.recording = opened.recording;
            after.speech = opened.speech;
            after.openedChain = opened.chain;
            change(tr("chain %1").arg(QFileInfo(path).fileName()), std::move(after));
            if (!opened.note.isEmpty())
                emit informed(opened.note);
            if (!opened.warning.isEmpty())
                emit failed(opened.warning);
        },
        [this, id](const Error& error) {
            if (id == m_openId)
                emit failed(tr("The chain cannot be opened: %1").arg(QString::fromStdString(error.what())));
        });
}

void Session::joinWith(const QString& path)
{
    if (!m_document.capture)
        return emit failed(tr("Open a capture first, or run the model: another one is joined to it."));
    const int id = ++m_openId;
    ++m_recordingId;
    runInBackground(
        this, [shown = m_document.capture, path] { return joinedWith(shown, path); },
        [this, id, path, shown = m_document.capture](const OpenedChain& opened) {
            if (id != m_openId || m_document.capture != shown)
                return; // it was not this one that was to be joined
            emit fileOpened(path);
            cancelRun();
            const bool wasAsked = opened.asked.capture == shown;
            Document after = wasAsked ? m_document : withOpened(opened.asked);
            after.question = questionOf(*opened.asked.capture); // not what was typed since: that was not spoken
            after.recording = opened.recording;
            after.speech = opened.speech;
            after.openedChain.reset();
            change(tr("joined with %1").arg(QFileInfo(path).fileName()), std::move(after));
            if (!opened.warning.isEmpty())
                emit failed(opened.warning);
        },
        [this, id](const Error& error) {
            if (id == m_openId)
                emit failed(QString::fromStdString(error.what()));
        });
}

QStringList Session::knownFilesOf(const std::shared_ptr<const Capture>& capture) const
{
    QStringList files;
    if (const QString own = QString::fromStdString(capture->path().string()); !m_cache.holds(own))
        files << own;
    for (const auto& [saved, path] : m_savedCaptures)
        if (saved.lock() == capture)
            files << path;
    return files;
}

void Session::rememberSaved(const std::shared_ptr<const Capture>& capture, const QString& path)
{
    std::erase_if(m_savedCaptures, [](const auto& saved) { return saved.first.expired(); });
    m_savedCaptures.emplace_back(capture, path);
}

void Session::saveChain(const std::shared_ptr<const Chain>& chain, const QString& path)
{
    const ChainEndFile a{knownFilesOf(chain->a().capture), QStringLiteral("heard")};
    const ChainEndFile b{knownFilesOf(chain->b().capture), QStringLiteral("asked")};
    runInBackground(
        this, [chain, path, a, b] { return saveChainAs(*chain, path, a, b); },
        [this, chain](const SavedChain& saved) {
            rememberSaved(chain->a().capture, saved.captures[0]);
            rememberSaved(chain->b().capture, saved.captures[1]);
            emit fileOpened(saved.path);
            QStringList beside;
            for (const QString& written : saved.writtenBeside)
                beside << QFileInfo(written).fileName();
            const QString where = QDir::toNativeSeparators(saved.path);
            emit informed(beside.isEmpty() ? tr("Saved %1. It names both captures where they are.").arg(where)
                                           : tr("Saved %1 and, beside it, %2.").arg(where, beside.join(tr(" and "))));
        },
        [this](const Error& error) { emit failed(QString::fromStdString(error.what())); });
}

} // namespace heedmap
